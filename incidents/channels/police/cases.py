"""A call that the police hand over (警情) as a report."""

from datetime import datetime

from gis.api.fields import FieldReader
from incidents.channels.adapter import Mapped
from incidents.channels.fields import MOST_ID, local_instant, location, reporter, without_blanks

FIELDS = (
    "caseNo", "caseType", "alarmTime", "contact", "mobile", "caseDesc", "caseAddress", "x", "y",
)  # fmt: skip
# What the police call it → kind and category of ours.
TYPES = {
    "噪声扰民": ("livelihood", "S0601"),
    "施工噪声": ("enforcement", "S0303"),
    "违章停车": ("enforcement", "S0503"),
    "占道经营": ("enforcement", "S0501"),
    "犬类扰民": ("livelihood", "S0604"),
    "设施损坏": ("livelihood", ""),
    "其他": ("livelihood", ""),
}
_NAMES = {
    "kind": "caseType",
    "category": "caseType",
    "description": "caseDesc",
    "occurred_at": "alarmTime",
    "location": "caseAddress",
    "location.lon": "x",
    "location.lat": "y",
    "location.address": "caseAddress",
    "reporter.name": "contact",
    "reporter.phone": "mobile",
}


def read_case(fields: FieldReader, _now: datetime) -> Mapped:
    """`x` is the longitude, `y` the latitude, in degrees."""
    number = fields.text("caseNo", most=MOST_ID, required=True)
    kind, category = TYPES.get(fields.choice("caseType", TYPES), ("", ""))
    at = local_instant(fields, "alarmTime")
    body = {
        "kind": kind,
        "category": category,
        "description": fields.raw.get("caseDesc"),
        "occurred_at": at.isoformat() if at else None,
        "location": location(fields, lon="x", lat="y", address="caseAddress"),
        "reporter": reporter(fields, name="contact", phone="mobile"),
    }
    return Mapped(number, without_blanks(body), _NAMES)
