from django.urls import path

from patrols.api.live import NearestView, PositionsView
from patrols.api.views import CoverageView, TrackView

app_name = "patrols"
urlpatterns = [
    path("coverage", CoverageView.as_view(), name="coverage"),
    path("nearest", NearestView.as_view(), name="nearest"),
    path("positions", PositionsView.as_view(), name="positions"),
    path("tracks", TrackView.as_view(), name="tracks"),
]
