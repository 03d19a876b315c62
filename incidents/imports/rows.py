"""One row of another system's table as a report that arrived."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from gis.kernel.datum import Datum, to_wgs84
from gis.kernel.errors import InvalidInput
from grids.models import Place
from grids.selectors import Position
from incidents.imports.mapping import Meaning, ReportMapping
from incidents.imports.positions import Refused, Surroundings, numbers_of, position_of
from incidents.imports.times import instant_of, require_lived
from incidents.models import Category, Channel
from incidents.services.bulk import Arrival

__all__ = ["RowReader"]

_LONGEST = {"external_id": 80, "description": 4000, "address": 200}
_JOIN = " · "
_FARTHEST_M = 100_000.0


class RowReader:
    """Reads the rows of one file. Raises `InvalidInput` where header and mapping do not fit."""

    def __init__(
        self,
        mapping: ReportMapping,
        header: Sequence[str],
        *,
        channel: Channel,
        place: Place,
        now: datetime,
    ) -> None:
        self._mapping, self._channel, self._now = mapping, channel, now
        self._datum = mapping.datum or Datum(channel.datum)
        self._zone = mapping.zone or ZoneInfo(place.time_zone)
        self._surroundings = Surroundings.of(place)
        self._width = len(header)
        self._at = _columns(mapping, header)
        self._categories = _Categories(mapping)

    def arrival(self, row: Sequence[str]) -> Arrival:
        """The report in a row. Raises `Refused`."""
        if len(row) != self._width:
            raise Refused(
                "columns", f"应有 {self._width} 列，实有 {len(row)} 列 (wrong number of columns)"
            )
        external_id = self._text(row, "external_id")
        if not external_id:
            raise Refused("missing_id", "外部编号为空 (no external id)")
        received, occurred = self._times(row)
        meaning, category = self._categories.of(
            self._text(row, "category"), received.astimezone(self._zone).date()
        )
        return Arrival(
            channel=self._channel,
            kind=meaning.kind,
            category=category,
            description=self._description(row),
            location=self._position(row),
            occurred_at=occurred,
            received_at=received,
            address=self._text(row, "address"),
            external_id=external_id,
        )

    def _text(self, row: Sequence[str], field: str) -> str:
        """The texts of a field's columns, each once."""
        texts = dict.fromkeys(row[k].strip() for k in self._at.get(field, ()))
        text = _JOIN.join(one for one in texts if one)
        if "\0" in text:
            raise Refused("bad_text", f"{field} 含有空字符 (contains a NUL)")
        longest = _LONGEST.get(field)
        if longest is not None and len(text) > longest:
            raise Refused("too_long", f"{field} 超过 {longest} 个字符 (too long)")
        return text

    def _description(self, row: Sequence[str]) -> str:
        text = self._text(row, "description")
        if not text:
            raise Refused("missing_description", "内容为空 (no description)")
        return text

    def _times(self, row: Sequence[str]) -> tuple[datetime, datetime]:
        """When it was received and when it happened, which is the same unless the file says."""
        formats = self._mapping.formats
        received = instant_of("受理时间", self._text(row, "received_at"), formats, self._zone)
        require_lived("受理时间", received, self._now)
        told = self._text(row, "occurred_at")
        if not told:
            return received, received
        occurred = instant_of("发生时间", told, formats, self._zone)
        require_lived("发生时间", occurred, self._now)
        if occurred > received:
            raise Refused("bad_time", "发生时间晚于受理时间 (happened after it was received)")
        return received, occurred

    def _position(self, row: Sequence[str]) -> Position:
        mapping = self._mapping
        if "point" in self._at:
            lon, lat = numbers_of(row[self._at["point"][0]], latitude_first=mapping.latitude_first)
        else:
            lon, lat = row[self._at["lon"][0]], row[self._at["lat"][0]]
        x, y = position_of(
            lon, lat, placeholders=mapping.placeholders, surroundings=self._surroundings
        )
        east, north = to_wgs84(x, y, self._datum)
        if abs(east) > 180.0 or abs(north) > 90.0:
            raise Refused("out_of_range", f"{lon}, {lat} 超出经纬度范围 (out of range)")
        return Position(x, y, self._datum, self._accuracy_m(row))

    def _accuracy_m(self, row: Sequence[str]) -> float | None:
        text = self._text(row, "accuracy_m")
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0.0 <= value <= _FARTHEST_M:
            raise Refused("bad_accuracy", f"精度 {text[:40]!r} 不是米数 (not a number of metres)")
        return value


class _Categories:
    """What the values of the category column stand for."""

    def __init__(self, mapping: ReportMapping) -> None:
        self._mapping = mapping
        self._rows: dict[str, list[Category]] = {}
        for row in Category.objects.order_by("valid"):
            self._rows.setdefault(row.code, []).append(row)
        meanings = [*mapping.categories.values(), *([mapping.other] if mapping.other else [])]
        named = {one.category: one.kind for one in meanings if one.category is not None}
        if unknown := sorted(set(named) - set(self._rows)):
            raise InvalidInput(f"没有类别 {'、'.join(unknown)} (no such category)", "profile")
        for code, kind in named.items():
            if any(row.kind != kind for row in self._rows[code]):
                raise InvalidInput(f"类别 {code} 不属于 {kind} (of another kind)", "profile")

    def of(self, value: str, day: date) -> tuple[Meaning, Category | None]:
        """The meaning of a value, and the row of its category that was valid that day.

        What is older than the table is told in the words of the table's latest row.
        """
        meaning = self._mapping.categories.get(value.casefold(), self._mapping.other)
        if meaning is None:
            raise Refused("unknown_category", f"类别 {value[:60]!r} 不在对照表中 (not mapped)")
        if meaning.category is None:
            return meaning, None
        rows = self._rows[meaning.category]
        return meaning, next((row for row in rows if day in row.valid), rows[-1])


def _columns(mapping: ReportMapping, header: Sequence[str]) -> dict[str, tuple[int, ...]]:
    names = [name.strip() for name in header]
    found = {}
    for field, wanted in mapping.columns.items():
        for name in wanted:
            if names.count(name) != 1:
                said = "没有" if name not in names else "有多个"
                raise InvalidInput(
                    f"表头{said}列 {name!r}；有：{'、'.join(names[:40])} (columns)", "profile"
                )
        found[field] = tuple(names.index(name) for name in wanted)
    return found
