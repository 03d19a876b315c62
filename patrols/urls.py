from django.urls import path

from patrols.api.alerts import AcknowledgeView, AlertsView
from patrols.api.filtered import FilteredView
from patrols.api.fixes import FixesView
from patrols.api.gpx import GpxView
from patrols.api.live import NearestView, PositionsView
from patrols.api.mine import MineView
from patrols.api.next import NextView
from patrols.api.routes import RoutesView
from patrols.api.shifts import ShiftEndView, ShiftListView
from patrols.api.spots import SpotsCsvView, SpotsView, SpotsXlsxView
from patrols.api.staleness import MyStalenessView, StaleGridsView, StalenessView
from patrols.api.trackers import OsmAndView, OwnTracksView
from patrols.api.views import CoverageView, TrackView
from patrols.api.visits import VisitsView

app_name = "patrols"
urlpatterns = [
    path("alerts", AlertsView.as_view(), name="alerts"),
    path("alerts/<int:pk>/acknowledge", AcknowledgeView.as_view(), name="alert-acknowledge"),
    path("coverage", CoverageView.as_view(), name="coverage"),
    path("nearest", NearestView.as_view(), name="nearest"),
    path("positions", PositionsView.as_view(), name="positions"),
    path("mine", MineView.as_view(), name="mine"),
    path("tracks", TrackView.as_view(), name="tracks"),
    path("shifts", ShiftListView.as_view(), name="shifts"),
    path("shifts/<int:pk>/end", ShiftEndView.as_view(), name="shift-end"),
    path("fixes", FixesView.as_view(), name="fixes"),
    path("filtered", FilteredView.as_view(), name="filtered"),
    path("gpx", GpxView.as_view(), name="gpx"),
    path("trackers/osmand", OsmAndView.as_view(), name="tracker-osmand"),
    path("trackers/owntracks", OwnTracksView.as_view(), name="tracker-owntracks"),
    path("spots", SpotsView.as_view(), name="spots"),
    path("spots.csv", SpotsCsvView.as_view(), name="spots-csv"),
    path("spots.xlsx", SpotsXlsxView.as_view(), name="spots-xlsx"),
    path("routes", RoutesView.as_view(), name="routes"),
    path("staleness", StalenessView.as_view(), name="staleness"),
    path("staleness/grids", StaleGridsView.as_view(), name="staleness-grids"),
    path("staleness/mine", MyStalenessView.as_view(), name="staleness-mine"),
    path("next", NextView.as_view(), name="next"),
    path("visits", VisitsView.as_view(), name="visits"),
]
