"""`/patrols/day/`: a day of somebody on duty, by a time slider, for who may see it and oneself."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from gis.api.problems import Refused
from grids.models import Place, User
from maps import selectors
from maps.api.asking import read_scope
from maps.views.coverage import said
from patrols.api.reading import read_day
from patrols.models import Shift
from patrols.selectors.coverage import day_of
from patrols.selectors.looks import looks_at
from patrols.selectors.people import posts_seen_by


@require_safe
@login_required
def patrol_day(request: HttpRequest) -> HttpResponse:
    """The people of a day, and the map of the one that is chosen; each look is recorded."""
    asked = Request(request)
    asked.user = request.user
    viewer, now = cast(User, request.user), timezone.now()
    try:
        scope = read_scope(asked, frozenset({"date", "worker"}))
        day = read_day(request.GET.get("date", ""), scope.place, now)
    except Refused as refused:
        page = {"problems": [said(one) for one in refused.problems]}
        return render(request, "maps/patrol_day.html", page, status=refused.status_code)
    today = read_day("", scope.place, now)
    return render(
        request,
        "maps/patrol_day.html",
        {
            "scope": scope,
            "zone": scope.place.time_zone,
            "day": day,
            "before": day - timedelta(days=1),
            "after": day + timedelta(days=1) if day < today else None,
            "people": _people(viewer, scope.place, day),
            "looks": looks_at(viewer),
            "config": {
                "place": scope.place.code,
                "edition": scope.edition.name,
                "bounds": selectors.extent_of(scope.edition),
                "zone": scope.place.time_zone,
                "language": get_language(),
                "date": day.isoformat(),
                "urls": {
                    "tracks": reverse("patrols:tracks"),
                    "photos": "/api/v1/photos/",
                    "tiles": reverse("index") + "tiles/",
                },
            },
            "words": _words(),
        },
    )


def _people(viewer: User, place: Place, day: date) -> list[dict[str, Any]]:
    """Who may be looked at, by their grids, and when they were on duty; oneself first."""
    found: dict[int, dict[str, Any]] = {viewer.pk: {"user": viewer, "grid": None}}
    for post in posts_seen_by(viewer, place, day, timezone.now()):
        if found.get(post.user_id, {}).get("grid") is None:
            found[post.user_id] = {"user": post.user, "grid": post.grid}
    shifts: dict[int, list[Shift]] = defaultdict(list)
    since, until = day_of(place, day)
    held = Shift.objects.of(place).filter(started_at__lt=until, worker__in=list(found))
    for shift in held.exclude(ended_at__lte=since).order_by("started_at"):
        shifts[shift.worker_id].append(shift)
    people = [{**one, "shifts": shifts[pk]} for pk, one in found.items()]
    # Who only looks has no day of their own to show.
    return [one for one in people if one["grid"] is not None or one["shifts"]]


def _words() -> dict[str, str]:
    return {
        "map.label": _("轨迹地图。方向键移动，加减号缩放。"),
        "grids.count": _("{n} 个网格"),
        "grid.number": _("{n} 网格"),
        "map.without": _("此浏览器不支持地图（需要 WebGL 2）。"),
        "loading": _("正在读取轨迹…"),
        "failed": _("没有读到轨迹，请重试。"),
        "none": _("这一天没有记录。不等于没有去过：浏览器不能在后台定位。"),
        "fixes": _("{n} 个定位"),
        "visit.here": _("在现场"),
        "visit.away": _("不在现场，距 {n} 米"),
        "visit.dwell": _("记录停留 {n} 分钟"),
        "visit.photo": _("照片 {n}"),
        "gap": _("此刻没有记录"),
        "accuracy": _("精度 {n} 米"),
        "play": _("播放"),
        "pause": _("暂停"),
        "marked": _("未计入："),
        "comma": _("、"),
        "bad_accuracy": _("精度差 {n}"),
        "zero_island": _("零点 {n}"),
        "impossible_speed": _("速度不可能 {n}"),
        "frozen": _("位置冻结 {n}"),
    }
