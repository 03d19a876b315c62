"""Reading a JSON object field by field: strict about types, every reason collected and named."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from gis.api.problems import Problem, Refused

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
# RFC 3339: the offset is part of an instant.
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)


class FieldReader:
    """One JSON object. Readers return a value, or None after noting what is wrong."""

    def __init__(self, raw: Any, known: Collection[str], *, path: str = "") -> None:
        self.problems: list[Problem] = []
        self._path = path
        self.raw: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
        if not isinstance(raw, dict):
            zh, en = "应为 JSON 对象。", "Must be a JSON object."
            self.problems.append(Problem(path or None, "not_an_object", zh, en))
        for name in self.raw:
            if name not in known:
                names = ", ".join(known)
                self.note(name, "unknown_field", f"未知字段；可用：{names}。", f"Use {names}.")

    def name_of(self, field: str) -> str:
        """The full path of a field."""
        return f"{self._path}.{field}" if self._path else field

    def note(self, field: str, code: str, message: str, message_en: str) -> None:
        """Something is wrong with `field`."""
        self.problems.append(Problem(self.name_of(field), code, message, message_en))

    def has(self, field: str) -> bool:
        """Whether the field is there and not null."""
        return self.raw.get(field) is not None

    def refuse(self) -> None:
        """Raise `Refused` with everything that was noted, if anything was."""
        if self.problems:
            raise Refused(self.problems)

    def text(self, field: str, *, most: int, required: bool = False) -> str:
        """A text without blanks around it; blank when it is absent or wrong."""
        value = self.raw.get(field)
        if value is None or value == "":
            if required:
                self.note(field, "required", "必须提供。", "This field is required.")
            return ""
        if not isinstance(value, str):
            self.note(field, "not_text", "必须是文字。", "Must be text.")
            return ""
        if len(value) > most:
            zh, en = f"最多 {most} 个字符。", f"At most {most} characters."
            self.note(field, "too_long", zh, en)
            return ""
        stripped = value.strip()
        if required and not stripped:
            self.note(field, "required", "不能为空白。", "Must not be blank.")
        return stripped

    def choice(self, field: str, choices: Collection[str]) -> str:
        """One of `choices`, required."""
        before = len(self.problems)
        value = self.text(field, most=200, required=True)
        if value not in choices and len(self.problems) == before:
            names = ", ".join(choices)
            self.note(field, "unknown_choice", f"可用：{names}。", f"Use one of {names}.")
        return value

    def instant(self, field: str, *, latest: datetime) -> datetime | None:
        """An aware instant from 1900 until `latest`; None when it is absent or wrong."""
        if not self.has(field):
            return None
        value = self.raw[field]
        moment = read_instant(value) if isinstance(value, str) else None
        if moment is None:
            zh = "应为带时区的时间，如 2022-11-02T08:30:00+08:00。"
            en = "Must be a time with its offset, as in 2022-11-02T08:30:00+08:00."
            self.note(field, "not_an_instant", zh, en)
        elif moment > latest:
            self.note(field, "in_the_future", "不能在将来。", "Must not be in the future.")
            return None
        return moment

    def whole(self, field: str, *, least: int, most: int) -> int | None:
        """A whole number from `least` to `most`; None when it is absent or wrong."""
        if not self.has(field):
            return None
        value = self.raw[field]
        if value.__class__ is int and least <= value <= most:
            return int(value)
        zh, en = f"应为 {least} 至 {most} 的整数。", f"Must be a whole number, {least} to {most}."
        self.note(field, "not_an_integer", zh, en)
        return None

    def ids(self, field: str, *, most: int) -> list[UUID]:
        """A list of different UUIDs; empty when it is absent or wrong."""
        if not self.has(field):
            return []
        value = self.raw[field]
        if not isinstance(value, list):
            self.note(field, "not_a_list", "必须是列表。", "Must be a list.")
            return []
        if len(value) > most:
            self.note(field, "too_many", f"最多 {most} 个。", f"At most {most}.")
            return []
        found = []
        for number, one in enumerate(value):
            read = _uuid(one)
            if read is None:
                self.note(f"{field}[{number}]", "not_a_uuid", "应为编号。", "Must be an id.")
            elif read in found:
                self.note(f"{field}[{number}]", "repeated", "重复。", "Given twice.")
            else:
                found.append(read)
        return found


def read_instant(text: str) -> datetime | None:
    """An RFC 3339 instant from 1900 on, else None."""
    if len(text) > 40 or not _INSTANT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
        return moment.astimezone(UTC) if moment >= EARLIEST else None
    except (ValueError, OverflowError):
        return None


def _uuid(value: Any) -> UUID | None:
    if not isinstance(value, str) or len(value) != 36:
        return None
    try:
        return UUID(value)
    except ValueError:
        return None
