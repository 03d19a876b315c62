"""`/api/v1/wall`, `/api/v1/wall/days`: the figures of a day up to a moment, each with its list."""

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from grids.api.schemas import EDITION, PLACE, ProblemsSerializer, query
from incidents.models import Incident
from incidents.selectors import grids_by_id, told_cases
from maps.api.asking import moment_of, read_scope
from maps.api.schemas import DaysSerializer, WallSerializer
from maps.wall.days import days_around
from maps.wall.figures import BIN_MINUTES, WallFigures, figures_at, shown

AT = query("at", "此刻，默认现在 (the moment, default now): 2022-11-02T14:32:00+08:00")
_REFUSED = {400: ProblemsSerializer, 401: ProblemsSerializer, 404: ProblemsSerializer}


class WallView(APIView):
    """What came in on the day of a moment, up to it, as the viewer may see it."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="wall",
        summary="大屏数字 (the figures of the wall)",
        parameters=[AT, PLACE, EDITION],
        responses={200: WallSerializer, **_REFUSED},
    )
    def get(self, request: Request) -> Response:
        scope = read_scope(request, frozenset({"at"}))
        moment = moment_of(request, scope, timezone.now())
        figures = figures_at(request.user, scope.edition, moment)
        return Response(
            {
                "at": moment.at.isoformat(),
                "is_now": moment.is_now,
                "day": moment.day.isoformat(),
                "time_zone": str(moment.zone),
                "edition": scope.edition.name,
                **_figures(figures),
                "newest": _newest(figures),
            }
        )


class DaysView(APIView):
    """How many cases came on each day of the six weeks around a moment."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="wall_days",
        summary="各日件数 (cases of each day)",
        parameters=[AT, PLACE, EDITION],
        responses={200: DaysSerializer, **_REFUSED},
    )
    def get(self, request: Request) -> Response:
        scope = read_scope(request, frozenset({"at"}))
        now = timezone.now()
        moment = moment_of(request, scope, now)
        days = days_around(request.user, scope.edition, moment, now)
        return Response(
            {
                "first": days.first.isoformat(),
                "counts": days.counts,
                "earlier": days.earlier.isoformat() if days.earlier else None,
                "later": days.later.isoformat() if days.later else None,
            }
        )


def _figures(figures: WallFigures) -> dict[str, Any]:
    language = get_language()
    return {
        "received": shown(figures.received),
        "before": shown(figures.before),
        "kinds": [shown(one) for one in figures.kinds],
        "categories": [
            {**shown(one), "name": category.name_in(language)}
            for category, one in figures.categories
        ],
        "subdistricts": [
            {**shown(one), "name": region.name} for region, one in figures.subdistricts
        ],
        "unplaced": shown(figures.unplaced),
        "provisional": shown(figures.provisional),
        "states": [shown(one) for one in figures.states],
        "due": [shown(one) for one in figures.due],
        "bin_minutes": BIN_MINUTES,
        "bins": figures.bins,
        "bins_before": figures.bins_before,
        "grids": figures.grids,
    }


def _newest(figures: WallFigures) -> list[dict[str, Any]]:
    cases = told_cases(figures.newest)
    grids = grids_by_id(case.grid_id for case in cases)
    return [_told(case, grids.get(case.grid_id or 0)) for case in cases]


def _told(case: Incident, grid: Any) -> dict[str, Any]:
    category, position = case.category, case.position
    first = min(case.reports.all(), key=lambda report: report.pk, default=None)
    return {
        "number": case.number,
        "kind": case.kind,
        "category": category.name_in(get_language()) if category else None,
        "grid": {"code": grid.code, "name": grid.name} if grid else None,
        "community": grid.region.name if grid and grid.region else None,
        "description": first.description if first else "",
        "received_at": case.received_at.isoformat(),
        "lon": position.x if position else None,
        "lat": position.y if position else None,
        "is_simulated": case.is_simulated,
    }
