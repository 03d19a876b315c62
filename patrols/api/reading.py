"""Reading what is asked of patrols."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from gis.api.fields import FieldReader
from gis.api.problems import refuse
from gis.api.query import whole_number
from grids.models import Place
from patrols.choices import Period
from patrols.selectors.coverage import WITHIN_M

NEAREST_M, FURTHEST_M = 5, 200
# A phone whose battery ran empty may begin again in 1970.
MOST_OFFSET_S = 60 * 366 * 86_400
# date.fromisoformat also reads week dates and days without hyphens.
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d", re.ASCII)


def read_day(text: str, place: Place, now: datetime, *, field: str = "date") -> date:
    """A local day of `place`, the one that `now` lies in when none is asked. Raises `Refused`."""
    if not text:
        return now.astimezone(ZoneInfo(place.time_zone)).date()
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    zh, en = "应为日期，如 2026-11-24。", "Must be a date, as in 2026-11-24."
    raise refuse(field, "not_a_date", zh, en)


def read_period(text: str) -> Period:
    """A day, unless a week is asked. Raises `Refused`."""
    if text and text not in Period.values:
        raise refuse("period", "unknown_choice", "可用：day、week。", "Use day or week.")
    return Period(text or Period.DAY)


def read_offset(fields: FieldReader) -> int:
    """By how many seconds the phone put its clock right; 0 unless told. What is wrong is noted."""
    return fields.whole("clock_offset_s", least=-MOST_OFFSET_S, most=MOST_OFFSET_S) or 0


def read_within(text: str) -> int:
    """How far a track sees, in whole metres. Raises `Refused`."""
    if not text:
        return WITHIN_M
    return whole_number(text, "within_m", at_least=NEAREST_M, at_most=FURTHEST_M)
