"""What several partners write alike: local times, and a spot that may be left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from gis.api.fields import FieldReader, read_instant

__all__ = ["MOST_ID", "local_instant", "location", "reporter", "without_blanks"]

MOST_ID = 80
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?", re.ASCII)


def local_instant(fields: FieldReader, name: str) -> datetime | None:
    """The instant in a field: with its offset, or as a clock on the wall of this site shows it.

    None when it is absent; what is no time is noted.
    """
    text = fields.text(name, most=40)
    if not text:
        return None
    found = read_instant(text)
    if found is None and _LOCAL.fullmatch(text):
        try:
            found = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
        except ValueError:
            found = None
    if found is None:
        zh, en = "应为时间，如 2026-03-01 08:30:00。", "Must be a time: 2026-03-01 08:30:00."
        fields.note(name, "not_an_instant", zh, en)
    return found


def location(fields: FieldReader, *, lon: str, lat: str, address: str) -> dict[str, Any]:
    """The location of a report from the partner's fields; the datum is the channel's."""
    raw = fields.raw
    found = {"lon": raw.get(lon), "lat": raw.get(lat), "address": raw.get(address)}
    return without_blanks(found)


def reporter(fields: FieldReader, *, name: str, phone: str) -> dict[str, Any]:
    """The person from the partner's fields; empty when nobody is named."""
    return without_blanks({"name": fields.raw.get(name), "phone": fields.raw.get(phone)})


def without_blanks(found: Mapping[str, Any]) -> dict[str, Any]:
    """What is there: null, empty texts and empty objects say nothing."""
    return {key: value for key, value in found.items() if value not in (None, "", {})}
