"""Tracks in GPX files, as watches, cameras and apps export them."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import DefusedXMLParser

from patrols.trackers.reported import HDOP_M, Reported, Unreadable, degrees, moment, optional

__all__ = ["MOST_POINTS", "points_of", "read_point"]

MOST_POINTS = 10_000
_TOLD = frozenset({"time", "hdop", "speed", "course"})


class _Points:
    """Takes the points of tracks out of a file as it is parsed; no tree is made of the rest."""

    def __init__(self) -> None:
        self.found: list[dict[str, str]] = []
        self._point: dict[str, str] | None = None
        self._name = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "trkpt":
            self._point = {key: attributes.get(key, "") for key in ("lat", "lon")}
        elif self._point is not None and name in _TOLD:
            self._name = name
            self._point[name] = ""

    def data(self, text: str) -> None:
        if self._point is not None and self._name:
            self._point[self._name] += text

    def end(self, tag: str) -> None:
        name = _local(tag)
        if name == "trkpt" and self._point is not None:
            self.found.append(self._point)
            self._point = None
        if name == self._name or self._point is None:
            self._name = ""

    def close(self) -> list[dict[str, str]]:
        return self.found


def points_of(raw: bytes) -> list[dict[str, str]]:
    """What is written at each `trkpt`, in order; waypoints and routes are nobody's track.

    Raises `Unreadable` for what is no XML, has a document type or entities, or holds no track
    point or more than `MOST_POINTS`.
    """
    parser: Any = DefusedXMLParser(target=_Points(), forbid_dtd=True)
    try:
        parser.feed(raw)
        found: list[dict[str, str]] = parser.close()
    except (ParseError, ValueError, LookupError) as error:
        zh, en = f"不是可读的 GPX：{error}。", f"Not a GPX that can be read: {error}."
        raise Unreadable("file", zh, en) from error
    if not found:
        zh, en = "文件中没有轨迹点 (trkpt)。", "The file holds no track point (trkpt)."
        raise Unreadable("file", zh, en)
    if len(found) > MOST_POINTS:
        zh = f"最多 {MOST_POINTS} 个轨迹点，文件有 {len(found)} 个。"
        raise Unreadable("file", zh, f"At most {MOST_POINTS} points: {len(found)} are in it.")
    return found


def read_point(point: dict[str, str]) -> Reported:
    """A point with its time; speed is in m/s. Raises `Unreadable`."""
    told = {name: text.strip() for name, text in point.items()}
    if not told.get("time"):
        raise Unreadable("time", "此点没有时间。", "This point has no time.")
    return Reported(
        at_ms=moment(told["time"], "time"),
        lon=degrees(told["lon"], "lon", 180),
        lat=degrees(told["lat"], "lat", 90),
        accuracy_m=optional(told.get("hdop"), 1e6, times=HDOP_M),
        speed_mps=optional(told.get("speed"), 1e4),
        heading_deg=optional(told.get("course"), 360),
    )


def _local(tag: str) -> str:
    """The name without its namespace: GPX 1.0, 1.1 and extensions are read alike."""
    return tag.rpartition("}")[2]
