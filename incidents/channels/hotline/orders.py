"""A work order of the hotline (工单) as a report."""

from datetime import datetime

from gis.api.fields import FieldReader
from incidents.channels.adapter import Mapped
from incidents.channels.fields import MOST_ID, local_instant, location, reporter, without_blanks

FIELDS = (
    "orderNo", "orderType", "questionType", "callerName", "callerPhone", "content", "address",
    "lng", "lat", "acceptTime", "deadline",
)  # fmt: skip
# The hotline's three kinds of order; what is not said is a matter of livelihood.
KINDS = {"民生": "livelihood", "执法": "enforcement", "发展": "development"}
_NAMES = {
    "kind": "orderType",
    "category": "questionType",
    "description": "content",
    "occurred_at": "acceptTime",
    "location": "address",
    "location.lon": "lng",
    "location.lat": "lat",
    "location.address": "address",
    "reporter.name": "callerName",
    "reporter.phone": "callerPhone",
}


def read_order(fields: FieldReader, _now: datetime) -> Mapped:
    """`questionType` is a code of our categories, where the two sides agreed on one."""
    number = fields.text("orderNo", most=MOST_ID, required=True)
    kind = fields.choice("orderType", KINDS) if fields.has("orderType") else "民生"
    at, deadline = local_instant(fields, "acceptTime"), local_instant(fields, "deadline")
    body = {
        "kind": KINDS.get(kind, ""),
        "category": fields.raw.get("questionType"),
        "description": fields.raw.get("content"),
        "occurred_at": at.isoformat() if at else None,
        "location": location(fields, lon="lng", lat="lat", address="address"),
        "reporter": reporter(fields, name="callerName", phone="callerPhone"),
    }
    return Mapped(number, without_blanks(body), _NAMES, deadline)
