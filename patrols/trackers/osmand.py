"""The protocol of OsmAnd and Traccar Client: a query, a form, or (newer Traccar Client) JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patrols.trackers.reported import (
    HDOP_M,
    KNOTS_MPS,
    Reported,
    Unreadable,
    degrees,
    moment,
    optional,
)

__all__ = ["read_json", "read_query", "secret_in_json", "secret_in_query"]


def secret_in_query(asked: Mapping[str, str]) -> str:
    """The device identifier, where the secret is put."""
    return asked.get("id") or asked.get("deviceid") or ""


def read_query(asked: Mapping[str, str]) -> Reported:
    """A query or a form. Speed is in knots there. Raises `Unreadable`."""
    lat, lon = asked.get("lat"), asked.get("lon")
    if lat is None and lon is None and "location" in asked:
        lat, _, lon = asked["location"].partition(",")
    accuracy_m = optional(asked.get("accuracy"), 1e6)
    if accuracy_m != accuracy_m:
        accuracy_m = optional(asked.get("hdop"), 1e6, times=HDOP_M)
    return Reported(
        at_ms=moment(asked.get("timestamp"), "timestamp"),
        lon=degrees(lon, "lon", 180),
        lat=degrees(lat, "lat", 90),
        accuracy_m=accuracy_m,
        speed_mps=optional(asked.get("speed"), 1e4, times=KNOTS_MPS),
        heading_deg=optional(asked.get("bearing", asked.get("heading")), 360),
        battery=optional(asked.get("batt"), 100),
    )


def secret_in_json(body: Any) -> str:
    """The device identifier of the JSON form; blank without one."""
    told = body.get("device_id") if isinstance(body, dict) else None
    return told if isinstance(told, str) else ""


def read_json(body: Any) -> Reported:
    """The JSON form; speed is in m/s there, the battery a share of one. Raises `Unreadable`."""
    location = _part(body, "location")
    coords = _part(location, "coords")
    power = location.get("battery")
    level = power.get("level") if isinstance(power, dict) else None
    return Reported(
        at_ms=moment(location.get("timestamp"), "location.timestamp"),
        lon=degrees(coords.get("longitude"), "location.coords.longitude", 180),
        lat=degrees(coords.get("latitude"), "location.coords.latitude", 90),
        accuracy_m=optional(coords.get("accuracy"), 1e6),
        speed_mps=optional(coords.get("speed"), 1e4),
        heading_deg=optional(coords.get("heading"), 360),
        battery=optional(level, 100, times=100),
    )


def _part(body: Any, name: str) -> dict[str, Any]:
    part = body.get(name) if isinstance(body, dict) else None
    if not isinstance(part, dict):
        raise Unreadable(name, "应为 JSON 对象。", "Must be a JSON object.")
    return part
