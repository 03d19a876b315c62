"""Reading what is given with an action: each value by its need, all reasons at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from incidents.workflow.errors import MissingInput
from incidents.workflow.needs import Ask, Need
from incidents.workflow.table import Transition

__all__ = ["defaults", "read_inputs"]

Reason = tuple[str, str, str, str]


class _Wrong(Exception):
    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(zh)
        self.code, self.zh, self.en = code, zh, en


def read_inputs(row: Transition, given: Mapping[str, Any], ask: Ask) -> dict[str, Any]:
    """The values of the needs of `row`, with `action`. A required one that is not given is missing,
    however likely its default; one that may be left out is then what stands by itself.

    Raises `MissingInput` with everything that is missing, wrong, or not known to this action.
    """
    reasons: list[Reason] = []
    names = {need.name for need in row.needs}
    for name in given:
        if name not in names:
            known = "、".join(names) or "—"
            en = f"Not known to {row.action.value}; known: {', '.join(sorted(names)) or '—'}."
            reasons.append((str(name), "unknown_field", f"此动作没有这一项；可用：{known}。", en))
    found: dict[str, Any] = {"action": row.action.value}
    for need in row.needs:
        try:
            found[need.name] = _read(need, given, ask)
        except _Wrong as wrong:
            reasons.append((need.name, wrong.code, wrong.zh, wrong.en))
    if reasons:
        raise MissingInput(reasons)
    return found


def defaults(row: Transition, ask: Ask, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What stands by itself for every need of `row`, but those in `without`: the normal path."""
    found = {need.name: need.stands(ask) for need in row.needs if need.name not in without}
    return {name: value for name, value in found.items() if value is not None}


def _read(need: Need, given: Mapping[str, Any], ask: Ask) -> Any:
    value = given.get(need.name)
    if value is None or value in ("", []):
        if need.required:
            raise _Wrong("required", f"请给出{need.label}。", f"Give {need.name}.")
        if need.name in given:
            return [] if need.type in ("choices", "photos") else None
        return need.stands(ask)
    return _READERS[need.type](need, value, ask)


def _text(need: Need, value: Any, _ask: Ask) -> str:
    if not isinstance(value, str):
        raise _Wrong("not_text", "应为文字。", "Must be a string.")
    text = value.strip()
    if "\x00" in text:
        raise _Wrong("not_text", "含有不能保存的字符。", "Holds a character that cannot be kept.")
    if need.required and not text:
        raise _Wrong("required", f"请给出{need.label}。", f"Give {need.name}.")
    if need.most is not None and len(text) > need.most:
        most = int(need.most)
        raise _Wrong("too_long", f"最多 {most} 个字符。", f"At most {most} characters.")
    return text


def _choice(need: Need, value: Any, ask: Ask) -> str:
    values = [one for one, _label in need.chosen_from(ask)]
    # Clients may send the score as a number.
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or value not in values:
        few = "、".join(values[:12])
        zh, en = (
            f"不在可选范围内；可选：{few}。",
            f"Not one of the choices: {', '.join(values[:12])}.",
        )
        raise _Wrong("unknown_choice", zh, en)
    return value


def _choices(need: Need, value: Any, ask: Ask) -> list[str]:
    if not isinstance(value, list):
        raise _Wrong("not_a_list", "应为列表。", "Must be a list.")
    if need.most is not None and len(value) > need.most:
        most = int(need.most)
        raise _Wrong("too_many", f"最多 {most} 项。", f"At most {most}.")
    return list(dict.fromkeys(_choice(need, one, ask) for one in value))


def _number(need: Need, value: Any, _ask: Ask) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _Wrong("not_a_number", "应为数字。", "Must be a number.")
    if (need.least is not None and value < need.least) or (
        need.most is not None and value > need.most
    ):
        zh = f"应在 {need.least:g} 到 {need.most:g} 之间。"
        raise _Wrong("out_of_range", zh, f"Must be from {need.least:g} to {need.most:g}.")
    return float(value)


def _date(_need: Need, value: Any, ask: Ask) -> str:
    try:
        day = date.fromisoformat(value) if len(value) == 10 else None
    except (TypeError, ValueError):
        day = None
    if day is None:
        raise _Wrong("not_a_date", "应为日期，如 2026-03-01。", "Must be a date: 2026-03-01.")
    if day < ask.office.day(ask.at):
        raise _Wrong("in_the_past", "日期已过。", "The date is in the past.")
    return day.isoformat()


def _photos(need: Need, value: Any, _ask: Ask) -> list[UUID]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _Wrong("not_a_list", "应为照片编号的列表。", "Must be a list of picture ids.")
    if need.most is not None and len(value) > need.most:
        most = int(need.most)
        raise _Wrong("too_many", f"最多 {most} 张。", f"At most {most}.")
    try:
        return list(dict.fromkeys(UUID(one) for one in value))
    except ValueError:
        raise _Wrong("not_a_uuid", "照片编号应为 UUID。", "Picture ids are UUIDs.") from None


_READERS = {
    "text": _text,
    "choice": _choice,
    "choices": _choices,
    "number": _number,
    "date": _date,
    "photos": _photos,
}
