"""`/coverage/`: the table behind the coverage that the wall shows."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from gis.api.problems import Problem, Refused, refuse
from grids.models import Grid
from maps.api.asking import moment_of, read_scope
from maps.wall.coverage import WINDOWS, WITHIN_M, covered_at


@require_safe
@login_required
def coverage(request: HttpRequest) -> HttpResponse:
    """Every grid with its share, the least seen first; `?region=` narrows it to a subdistrict."""
    asked = Request(request)
    asked.user = request.user
    try:
        scope = read_scope(asked, frozenset({"at", "window", "region"}))
        moment = moment_of(asked, scope, timezone.now())
        window = request.GET.get("window") or "2h"
        if window not in WINDOWS:
            raise refuse("window", "unknown_choice", "可用：2h、day。", "Use 2h or day.")
    except Refused as refused:
        page = {"problems": [said(one) for one in refused.problems]}
        return render(request, "maps/coverage.html", page, status=refused.status_code)
    covered = covered_at(scope.edition, moment, window)
    region = request.GET.get("region", "")
    names = dict(Grid.objects.of(scope.edition).values_list("code", "name"))
    rows = [row for row in covered.rows if row.grid_code.startswith(region)]
    return render(
        request,
        "maps/coverage.html",
        {
            "scope": scope,
            "zone": scope.place.time_zone,
            "covered": covered,
            "within_m": WITHIN_M,
            "seen": sum(row.fixes > 0 for row in rows),
            "lines": [
                {
                    "row": row,
                    "name": names.get(row.grid_code, ""),
                    "percent": 100 * row.share,
                    "quality": None if row.quality is None else 100 * row.quality,
                }
                for row in sorted(rows, key=lambda row: (row.share, row.grid_code))
            ],
        },
    )


def said(problem: Problem) -> dict[str, str]:
    """A reason in the language of the page."""
    english = (get_language() or "").startswith("en")
    return {
        "field": problem.field or "",
        "message": problem.message_en if english else problem.message,
    }
