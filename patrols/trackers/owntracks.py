"""OwnTracks over HTTP: messages of type `location`; the others say nothing of where somebody is."""

from __future__ import annotations

from typing import Any

from patrols.trackers.reported import Reported, Unreadable, degrees, moment, optional

__all__ = ["read_message"]


def read_message(body: Any) -> Reported | None:
    """The position of a message; None of one that tells none. Raises `Unreadable`."""
    kind = body.get("_type") if isinstance(body, dict) else None
    if not isinstance(kind, str):
        raise Unreadable("_type", "应为 OwnTracks 消息。", "Must be a message of OwnTracks.")
    if kind == "encrypted":
        zh, en = "请关闭应用内的加密，用 HTTPS。", "Turn the app's encryption off, and use HTTPS."
        raise Unreadable("_type", zh, en)
    if kind != "location":
        return None
    return Reported(
        at_ms=moment(body.get("tst"), "tst"),
        lon=degrees(body.get("lon"), "lon", 180),
        lat=degrees(body.get("lat"), "lat", 90),
        accuracy_m=optional(body.get("acc"), 1e6),
        speed_mps=optional(body.get("vel"), 1e4, times=1 / 3.6),
        heading_deg=optional(body.get("cog"), 360),
        battery=optional(body.get("batt"), 100),
    )
