"""`/desk/cases/{number}/duplicates`: this case beside those that may be the same matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from gis.api.problems import Refused
from grids.models import Edition
from incidents.api.duplicates import dispatched_by
from incidents.duplicates.explaining import lines_of
from incidents.duplicates.proposing import propose
from incidents.models import Incident, Report
from incidents.selectors import cases_for
from incidents.services import dockets

# Of a case that has many reports, as many are shown.
MOST_REPORTS = 5


@require_safe
@login_required
@ensure_csrf_cookie
def duplicates(request: HttpRequest, number: str) -> HttpResponse:
    """The page; it works on the keyboard, and merges through the API."""
    try:
        case = dispatched_by(request.user, number)
    except Refused as refused:
        if refused.status_code == 404:
            raise Http404(number) from refused
        raise PermissionDenied from refused
    found = propose(case, among=cases_for(request.user))
    told = _told([case.pk, *(one.case.pk for one in found)])
    this = _facts(told[case.pk])
    return render(
        request,
        "incidents/duplicates.html",
        {
            "case": case,
            "zone": case.place.time_zone,
            "this": this,
            "others": [
                {
                    **_facts(other := told[one.case.pk]),
                    "score": round(100 * one.score),
                    "why": lines_of(one),
                    "is_open": one.is_open,
                    "differs": _differing(told[case.pk], other),
                    **_direction(case, other),
                }
                for one in found
            ],
            "merged": list(case.merged.order_by("pk").values_list("number", flat=True)),
            "config": _config(case),
            "words": _words(),
        },
    )


def _told(keys: Sequence[int]) -> dict[int, Incident]:
    reports = Report.objects.order_by("pk").select_related("channel").prefetch_related("photos")
    rows = dockets.with_ground(Incident.objects.filter(pk__in=keys))
    return {row.pk: row for row in rows.prefetch_related(Prefetch("reports", reports))}


def _facts(case: Incident) -> dict[str, Any]:
    """What is shown of a case, on either side."""
    language, category, reports = get_language(), case.category, list(case.reports.all())
    return {
        "case": case,
        "category": category.name_in(language) if category else "",
        "reports": [(one, one.channel.name_in(language)) for one in reports[:MOST_REPORTS]],
        "more": max(0, len(reports) - MOST_REPORTS),
        "lon": case.position.x if case.position else None,
        "lat": case.position.y if case.position else None,
    }


def _differing(one: Incident, other: Incident) -> set[str]:
    """The facts in which the other case is not as this one."""
    facts = {
        "category": (one.category_id, other.category_id),
        "grid": (one.grid_id, other.grid_id),
        "state": (one.state, other.state),
        "unit": (one.unit_id, other.unit_id),
    }
    return {name for name, (this, that) in facts.items() if this != that}


def _direction(case: Incident, other: Incident) -> dict[str, str]:
    """Which is merged into which: the older stays."""
    older, newer = sorted((case, other), key=lambda row: (row.received_at, row.pk))
    return {"from_number": newer.number, "into": older.number}


def _config(case: Incident) -> dict[str, Any]:
    edition = Edition.objects.in_force(case.place)
    return {
        "number": case.number,
        "place": case.place.code,
        "edition": edition.name if edition else "",
        "language": get_language(),
        "urls": {
            "tiles": reverse("index") + "tiles/",
            "incidents": reverse("incidents:incidents"),
            "page": reverse("case_duplicates", args=["NUMBER"]),
        },
    }


def _words() -> dict[str, str]:
    return {
        "m": _("{n} 米"),
        "km": _("{n} 公里"),
        "map.label": _("两件案件的位置"),
        "failed": _("没有完成：网络或服务暂时不可用，请再试。"),
        "merging": _("正在并案…"),
        "merged": _("已并入 {into}"),
        "refused": _("已记下：不是同一件"),
        "unmerged": _("已拆出 {number}"),
        "position": _("第 {n} / {all} 件"),
        "distance.unknown": _("没有距离可比"),
        "grids.count": _("{n} 个网格"),
        "grid.number": _("{n} 网格"),
    }
