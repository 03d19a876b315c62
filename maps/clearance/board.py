"""The board: one row for each unit and level, or each subdistrict, and the sum of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from maps.clearance.lines import CAME, DUE, OPEN, Day, Holder, Line

__all__ = ["BY", "PARTS", "Row", "board_of", "chosen", "whole"]

BY = ("unit", "subdistrict")
# A sum of parts can be asked for as they can.
PARTS = (*CAME, *DUE, "came", "due", "open")


@dataclass(frozen=True, slots=True)
class Row:
    """How a unit, a level, a subdistrict or the whole stands on a day."""

    holder: Holder
    counts: dict[str, int]
    late_waiting: int

    @property
    def came(self) -> int:
        return sum(self.counts[part] for part in CAME)

    @property
    def due(self) -> int:
        return sum(self.counts[part] for part in DUE)

    @property
    def late(self) -> int:
        """What the day should have seen done and did not: red."""
        return self.late_waiting + self.counts["late"] + self.counts["overdue"]


def board_of(lines: Iterable[Line], by: str) -> list[Row]:
    """The rows, those with most that is late first."""
    groups: dict[Holder, list[Line]] = {}
    for line in lines:
        groups.setdefault(_key(line, by), []).append(line)
    rows = [_row(holder, group) for holder, group in groups.items()]
    return sorted(rows, key=lambda row: (-row.late, -(row.came + row.due), row.holder.code))


def whole(lines: Iterable[Line]) -> Row:
    """The sum of all rows."""
    return _row(Holder("", "", False), list(lines))


def chosen(lines: Iterable[Line], *, by: str, row: str, part: str) -> list[Line]:
    """The lines that a figure counts: of a row (blank is every one) and a part (or a sum)."""
    parts = {"came": CAME, "due": DUE, "open": OPEN}.get(part, (part,))
    return [
        line for line in lines
        if line.part in parts and (not row or (_key(line, by).code or "-") == row)
    ]  # fmt: skip


def link(day: Day, place: str, *, by: str, row: str = "", part: str) -> str:
    """The address of the list that a figure counts, with the moment it was counted at."""
    asked = {"day": day.day.isoformat(), "at": day.moment.at.isoformat(), "by": by, "part": part}
    asked |= {"row": row} if row else {}
    return f"{reverse('clearance_cases')}?{urlencode({**asked, 'place': place})}"


def _key(line: Line, by: str) -> Holder:
    return line.subdistrict if by == "subdistrict" else line.holder


def _row(holder: Holder, lines: list[Line]) -> Row:
    counts = Counter(line.part for line in lines)
    late = sum(line.is_late for line in lines if line.part == "waiting")
    return Row(holder, {part: counts[part] for part in (*CAME, *DUE)}, late)
