from django.urls import path

from patrols.api.spots import SpotsCsvView, SpotsView, SpotsXlsxView
from patrols.api.staleness import StalenessView
from patrols.api.views import CoverageView, TrackView
from patrols.api.visits import VisitsView

app_name = "patrols"
urlpatterns = [
    path("coverage", CoverageView.as_view(), name="coverage"),
    path("tracks", TrackView.as_view(), name="tracks"),
    path("spots", SpotsView.as_view(), name="spots"),
    path("spots.csv", SpotsCsvView.as_view(), name="spots-csv"),
    path("spots.xlsx", SpotsXlsxView.as_view(), name="spots-xlsx"),
    path("staleness", StalenessView.as_view(), name="staleness"),
    path("visits", VisitsView.as_view(), name="visits"),
]
