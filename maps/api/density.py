"""`/api/v1/density` and `/api/v1/grid-counts`: where cases are many, and where they are many for
the people who live there.
"""

from typing import Any

import numpy as np
import pyproj
from django.db.models import F, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.query import whole_number
from gis.db.functions import XOf, YOf
from grids.api.schemas import BBOX, EDITION, PLACE, ProblemsSerializer, query
from incidents.choices import IncidentState, Kind, Placed
from incidents.questions import cases_asked
from maps import selectors
from maps.api.asking import read_asked
from maps.api.pictures import grey_png
from maps.api.schemas import DensitySerializer, GridCountsSerializer
from maps.counts import counts_of, quantile_edges
from maps.surface import surface_at

DEFAULT_BANDWIDTH_M, NARROWEST_M, WIDEST_M = 300, 100, 5000
CASES: list[OpenApiParameter] = [
    PLACE, EDITION, BBOX,
    query("from", "受理时间起，含 (received from)"),
    query("to", "受理时间止，不含 (received until)"),
    query("kind", "类型 (kind)", enum=Kind.values),
    query("category", "类别代码 (category code)"),
    query("state", "状态 (state)", enum=IncidentState.values),
    query("grid", "网格代码 (grid code)"),
    query("region", "社区或街道代码 (community or subdistrict code)"),
    query("placed", "是否已定位 (placed or not)", enum=Placed.values),
]  # fmt: skip
_REFUSED = {400: ProblemsSerializer, 401: ProblemsSerializer, 404: ProblemsSerializer}


class DensityView(APIView):
    """The kernel density of cases, as classes on a picture over the place."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="density",
        summary="诉求密度 (kernel density of cases)",
        parameters=[
            query("bandwidth_m", f"带宽，米，默认 {DEFAULT_BANDWIDTH_M} (metres)", int),
            *CASES,
        ],
        responses={200: DensitySerializer, **_REFUSED},
    )
    def get(self, request: Request) -> Response:
        asked = read_asked(request, frozenset({"bandwidth_m"}))
        text = request.query_params.get("bandwidth_m") or str(DEFAULT_BANDWIDTH_M)
        bandwidth_m = whole_number(text, "bandwidth_m", at_least=NARROWEST_M, at_most=WIDEST_M)
        rows = cases_asked(request.user, asked.scope.edition, asked.question)
        lon, lat = _positions(rows)
        srid_m = asked.scope.place.srid_m
        forward = pyproj.Transformer.from_crs(4326, srid_m, always_xy=True)
        x, y = forward.transform(lon, lat)
        there = np.isfinite(x) & np.isfinite(y)
        box = selectors.extent_of(asked.scope.edition)
        surface = surface_at(
            x[there], y[there], None, box, srid_m=srid_m, bandwidth_m=float(bandwidth_m)
        )
        return Response(
            {
                "count": rows.count(),
                "positions": int(there.sum()),
                "bandwidth_m": bandwidth_m,
                "unit": "1/km²",
                "box": box,
                "edges": surface.edges if surface else [],
                "image": grey_png(surface.classes) if surface else None,
            }
        )


class GridCountsView(APIView):
    """Cases of each grid, and how many that is for a thousand people."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="grid_counts",
        summary="各网格件数与千人率 (cases of each grid, and rates)",
        parameters=CASES,
        responses={200: GridCountsSerializer, **_REFUSED},
    )
    def get(self, request: Request) -> Response:
        asked = read_asked(request)
        rows = cases_asked(request.user, asked.scope.edition, asked.question)
        counts = counts_of(rows, asked.scope.edition)
        return Response(
            {
                "edition": asked.scope.edition.name,
                "count": sum(one.count for one in counts.grids) + counts.nowhere,
                "nowhere": counts.nowhere,
                "grids": [
                    {"grid": one.code, "count": one.count, "people": one.people, "rate": one.rate}
                    for one in counts.grids
                ],
                "edges": {
                    "count": quantile_edges([float(one.count) for one in counts.grids], places=0),
                    "rate": quantile_edges([one.rate for one in counts.grids], places=2),
                },
            }
        )


def _positions(rows: QuerySet[Any]) -> tuple[Any, Any]:
    """Longitudes and latitudes of the cases that have a position, degrees."""
    found = rows.filter(position__isnull=False).order_by()
    pairs = found.values_list(XOf(F("position")), YOf(F("position")))
    at = np.array(list(pairs), dtype=np.float64).reshape(-1, 2)
    return at[:, 0], at[:, 1]
