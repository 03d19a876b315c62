"""Why a case is proposed as a duplicate, line by line, in the language of the request."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from incidents.duplicates.proposing import Proposal

__all__ = ["lines_of"]


def lines_of(proposal: Proposal) -> list[str]:
    """How far, how long, how alike, of what class, and against which limits."""
    return [
        _how_far(proposal),
        _how_long(proposal),
        _("文字相似 {n}%").format(n=round(100 * proposal.alike)),
        _("同一类别") if proposal.is_same_class else _("类别不同，大类相同：要求文字更像"),
    ]


def _how_far(proposal: Proposal) -> str:
    if proposal.metres is None:
        return _("位置是默认坐标或缺失，距离不作依据：看类别和文字")
    limit = f"{proposal.threshold.distance_m:g}"
    return _("相距 {n} 米（上限 {limit} 米）").format(n=f"{proposal.metres:.1f}", limit=limit)


def _how_long(proposal: Proposal) -> str:
    threshold = proposal.threshold
    if proposal.is_open:
        limit, said = threshold.open_for, _("在办案件")
    else:
        limit, said = threshold.closed_for, _("已结案件")
    return _("相隔 {apart}（{state}上限 {limit}）").format(
        apart=_span(proposal.apart), state=said, limit=_span(limit)
    )


def _span(length: timedelta) -> str:
    hours = length.total_seconds() / 3600
    if hours < 48:
        return _("{n} 小时").format(n=f"{hours:.1f}")
    return _("{n} 天").format(n=f"{hours / 24:.1f}")
