"""`/api/v1/wall/coverage`: what patrols have seen up to a moment."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.languages import halves
from gis.api.problems import refuse
from grids.api.schemas import EDITION, PLACE, ProblemsSerializer, query
from maps.api.asking import moment_of, read_scope
from maps.api.pictures import grey_png
from maps.api.schemas import CoveredSerializer
from maps.api.wall import AT
from maps.wall.coverage import WINDOWS, WITHIN_M, Covered, covered_at
from patrols.selectors import seen_raster
from patrols.selectors.periods import Gone


class CoverageView(APIView):
    """The share of every grid that was seen, who is on duty, and the seen ground as a picture.

    No person and no track is in it, so that all who sign in may see the whole place.
    """

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="wall_coverage",
        summary="巡查覆盖 (what patrols have seen)",
        parameters=[
            AT,
            PLACE,
            EDITION,
            query("window", "2h：近两小时；day：当日 (the day so far)", enum=list(WINDOWS)),
        ],
        responses={
            200: CoveredSerializer,
            400: ProblemsSerializer,
            401: ProblemsSerializer,
            404: ProblemsSerializer,
            410: ProblemsSerializer,
        },
    )
    def get(self, request: Request) -> Response:
        scope = read_scope(request, frozenset({"at", "window"}))
        moment = moment_of(request, scope, timezone.now())
        window = request.query_params.get("window") or "2h"
        if window not in WINDOWS:
            raise refuse("window", "unknown_choice", "可用：2h、day。", "Use 2h or day.")
        try:
            covered = covered_at(scope.edition, moment, window)
        except Gone as gone:
            raise refuse("at", "retention_over", *halves(gone.message), status_code=410) from gone
        picture = seen_raster(
            scope.edition, since=covered.since, until=covered.until, within_m=WITHIN_M
        )
        return Response(
            {
                **tell_covered(covered, window),
                "box": list(picture.box) if picture else None,
                "image": grey_png(picture.cells) if picture else None,
            }
        )


def tell_covered(covered: Covered, window: str) -> dict[str, Any]:
    """As the API tells it."""
    return {
        "since": covered.since.isoformat(),
        "until": covered.until.isoformat(),
        "window": window,
        "within_m": WITHIN_M,
        "seen": covered.seen,
        "total": len(covered.rows),
        "on_duty": covered.on_duty,
        "error_m": covered.error_m,
        "subdistricts": [
            {"code": one.code, "name": one.name, "grids": one.grids, "seen": one.seen}
            for one in covered.subdistricts
        ],
        "grids": [
            {
                "grid": row.grid_code,
                "share": round(row.share, 4),
                "quality": row.quality,
                "fixes": row.fixes,
            }
            for row in covered.rows
            if row.fixes > 0 or row.share > 0
        ],
    }
