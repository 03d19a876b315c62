"""The lines of a score in words, in the language of the request."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from incidents.models import CaseScore

__all__ = ["part_names", "tell_score"]


def part_names() -> dict[str, str]:
    """The three parts."""
    return {"responsiveness": _("响应度"), "closure": _("办结"), "satisfaction": _("满意度")}


def _line_names() -> dict[str, str]:
    return {
        "dispatch": _("派遣"), "check_in": _("报到"), "handle": _("处置"), "close": _("结案"),
        "rework": _("返工"), "reopened": _("重开"), "suspended": _("挂账"), "extended": _("延期"),
        "answers": _("满意度"),
    }  # fmt: skip


def tell_score(row: CaseScore, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The parts of a score with their lines, each with its name and why it is what it is."""
    names = _line_names()
    return [
        {
            "name": label,
            "points": getattr(row, part),
            "of": sum(one["of"] for one in row.lines if one["part"] == part),
            "lines": [
                {
                    **one,
                    "name": names.get(one["what"], one["what"]),
                    "words": _why(one, zone),
                    "is_full": one["points"] >= one["of"],
                }
                for one in row.lines
                if one["part"] == part
            ],
        }
        for part, label in part_names().items()
    ]


def _why(line: dict[str, Any], zone: ZoneInfo) -> str:
    value, why = line["value"], line["why"]
    if why in ("in_time", "late"):
        told = (
            _("{done} 完成，期限 {due}，按时")
            if why == "in_time"
            else _("{done} 完成，期限 {due}，超期")
        )
        return told.format(done=_at(value["done"], zone), due=_at(value["due"], zone))
    if why == "times":
        return _("{n} 次").format(n=value)
    if why == "answered":
        return _("答复 {scores}（5 为最满意）").format(scores="、".join(str(one) for one in value))
    words: dict[str, str] = {
        "never": _("没有发生"),
        "not_needed": _("无需此环节，不扣分"),
        "not_asked": _("尚未回访，按中性分计"),
        "not_reached": _("回访未接通，按中性分计"),
    }
    return words.get(why, str(why))


def _at(text: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(text).astimezone(zone):%m-%d %H:%M}"
