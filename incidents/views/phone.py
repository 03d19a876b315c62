"""`/desk/phone/`: what a clerk takes down while somebody talks."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from grids.choices import Role
from grids.models import Edition
from grids.selectors import default_place, roles_of
from incidents.choices import IncidentState, Kind
from incidents.models import Channel
from incidents.views.resident import page_config

CHANNEL = "staff"
# Those who file: they may also join a report to a case.
CLERKS = frozenset({Role.ADMIN, Role.CENTRE, Role.SUBDISTRICT, Role.COMMUNITY})


@require_safe
@login_required
@ensure_csrf_cookie
def phone_page(request: HttpRequest) -> HttpResponse:
    """The form of the telephone."""
    user: Any = request.user
    if not user.is_superuser and CLERKS.isdisjoint(roles_of(user, timezone.now())):
        raise PermissionDenied
    place = default_place(user)
    edition = Edition.objects.in_force(place) if place else None
    if place is None or edition is None or not Channel.objects.filter(code=CHANNEL).exists():
        return render(request, "incidents/closed.html", {"unknown": ""})
    config = page_config(place, edition, CHANNEL, list(Kind.values), shows=True)
    config["urls"] |= {
        "action": reverse("incidents:incident_action", args=["NUMBER", "merge"]),
        "cases": reverse("cases"),
    }
    return render(
        request, "incidents/phone.html", {"place": place, "config": config, "words": phone_words()}
    )


def phone_words() -> dict[str, str]:
    """Every message of the page."""
    return {
        **{f"state.{state.value}": str(state.label) for state in IncidentState},
        **{f"kind.{kind.value}": str(kind.label) for kind in Kind},
        "kind.other": _("其他，说不清"),
        "map.label": _("选择地点的地图。方向键移动，加减号缩放；针尖始终在地图中央。"),
        "grids.count": _("{n} 个网格"),
        "grid.number": _("{n} 网格"),
        "category.missing": _("请选事由；说不清可选“其他”。"),
        "content.missing": _("请写下来电人说的事。"),
        "place.missing": _("请写地址，或在图上指。"),
        "place.pinned": _("图上所指的地点"),
        "address.sure": _("读作“{name}”，把握 {n}%"),
        "address.unsure": _("可能是“{name}”，把握 {n}%，请核对图上位置。"),
        "address.unknown": _("没有认出这个地址；可在图上指，或照此登记。"),
        "address.failed": _("暂时查不到地址；不影响登记。"),
        "similar.none": _("附近没有在办的同类案件。"),
        "similar.first": _("有了地点，这里列出附近在办的案件。"),
        "similar.same": _("就是这件"),
        "similar.other": _("不是这件"),
        "similar.here": _("就在这里"),
        "similar.far": _("约 {n} 米外"),
        "similar.today": _("今天"),
        "similar.days": _("{n} 天前"),
        "similar.reports": _("{n} 人报过"),
        "go": _("登记"),
        "go.joined": _("登记并并入 {number}"),
        "sending": _("正在登记"),
        "sent": _("已登记：诉求 {report}，案件 {incident}。"),
        "sent.merged": _("已登记诉求 {report}，并入案件 {into}。"),
        "sent.unmerged": _("已登记诉求 {report}，案件 {incident}；没有并入 {into}：{why}"),
        "failed": _("没有收到回答，请再按一次登记；不会变成两件。"),
    }
