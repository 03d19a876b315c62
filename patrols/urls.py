from django.urls import path

from patrols.api.mine import MineView
from patrols.api.views import CoverageView, TrackView

app_name = "patrols"
urlpatterns = [
    path("coverage", CoverageView.as_view(), name="coverage"),
    path("mine", MineView.as_view(), name="mine"),
    path("tracks", TrackView.as_view(), name="tracks"),
]
