from django.urls import path

from grids.api.locate import LocateView
from grids.api.people import MeView, TokenView
from grids.api.stream import StreamView
from grids.api.territory import (
    EditionListView,
    GridListView,
    LineageView,
    RegionListView,
    StationListView,
)

app_name = "api"
urlpatterns = [
    path("token", TokenView.as_view(), name="token"),
    path("me", MeView.as_view(), name="me"),
    path("locate", LocateView.as_view(), name="locate"),
    path("stream", StreamView.as_view(), name="stream"),
    path("grids", GridListView.as_view(), name="grids"),
    path("regions", RegionListView.as_view(), name="regions"),
    path("stations", StationListView.as_view(), name="stations"),
    path("editions", EditionListView.as_view(), name="editions"),
    path("editions/<str:name>/lineage", LineageView.as_view(), name="lineage"),
]
