from django.urls import path

from patrols.api.nearest import NearestView
from patrols.api.views import CoverageView, TrackView

app_name = "patrols"
urlpatterns = [
    path("coverage", CoverageView.as_view(), name="coverage"),
    path("nearest", NearestView.as_view(), name="nearest"),
    path("tracks", TrackView.as_view(), name="tracks"),
]
