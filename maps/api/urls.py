from django.urls import path

from maps.api.clearance import ClearanceView
from maps.api.coverage import CoverageView
from maps.api.coverage_files import CoverageCsvView, CoverageXlsxView
from maps.api.density import DensityView, GridCountsView
from maps.api.staleness import StalenessView
from maps.api.wall import DaysView, WallView

app_name = "maps_api"
urlpatterns = [
    path("wall", WallView.as_view(), name="wall"),
    path("wall/days", DaysView.as_view(), name="days"),
    path("wall/coverage", CoverageView.as_view(), name="coverage"),
    path("wall/staleness", StalenessView.as_view(), name="staleness"),
    path("wall/coverage.csv", CoverageCsvView.as_view(), name="coverage_csv"),
    path("wall/coverage.xlsx", CoverageXlsxView.as_view(), name="coverage_xlsx"),
    path("clearance", ClearanceView.as_view(), name="clearance"),
    path("density", DensityView.as_view(), name="density"),
    path("grid-counts", GridCountsView.as_view(), name="grid_counts"),
]
