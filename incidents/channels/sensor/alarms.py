"""An alarm of a sensor as a report: its type leads to a category by the table beside this file."""

import tomllib
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from gis.api.fields import FieldReader
from incidents.channels.adapter import Mapped
from incidents.channels.fields import MOST_ID, local_instant, location, without_blanks

FIELDS = (
    "alarmId", "deviceId", "type", "value", "threshold", "unit", "lon", "lat", "address", "time",
)  # fmt: skip
_NAMES = {
    "kind": "type",
    "category": "type",
    "description": "type",
    "occurred_at": "time",
    "location": "lon",
    "location.lon": "lon",
    "location.lat": "lat",
    "location.address": "address",
}


@lru_cache(maxsize=1)
def types() -> dict[str, dict[str, str]]:
    """Type of sensor → `name`, `kind`, `category`, and `below` when low values are the bad ones."""
    raw = tomllib.loads((Path(__file__).parent / "types.toml").read_text(encoding="utf-8"))
    return {str(code): row for code, row in raw.items()}


def read_alarm(fields: FieldReader, now: datetime) -> Mapped:
    """One alarm of one device at one time; without `alarmId` these two name it."""
    device = fields.text("deviceId", most=40, required=True)
    row = types().get(fields.choice("type", types()), {})
    value, threshold = _number(fields, "value"), _number(fields, "threshold")
    at = local_instant(fields, "time")
    if not fields.has("time"):
        fields.note("time", "required", "必须提供。", "This field is required.")
    if value is not None and threshold is not None and not _is_alarm(row, value, threshold):
        zh, en = "没有越过阈值，不是告警。", "The threshold is not crossed: no alarm."
        fields.note("value", "no_alarm", zh, en)
    unit = fields.text("unit", most=20)
    number = fields.text("alarmId", most=MOST_ID) or f"{device}@{(at or now).isoformat()}"
    body = {
        "kind": row.get("kind"),
        "category": row.get("category"),
        "description": f"{row.get('name')}：设备 {device} 测得 {_said(value)}{unit}，"
        f"阈值 {_said(threshold)}{unit}。",
        "occurred_at": at.isoformat() if at else None,
        "location": location(fields, lon="lon", lat="lat", address="address"),
    }
    return Mapped(number, without_blanks(body), _NAMES)


def _is_alarm(row: dict[str, Any], value: float, threshold: float) -> bool:
    return value <= threshold if row.get("below") else value >= threshold


def _number(fields: FieldReader, name: str) -> float | None:
    value = fields.raw.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    fields.note(name, "not_a_number", "必须是数字。", "Must be a number.")
    return None


def _said(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
