"""A matter that a department hands over as a report; a batch holds several as `items`."""

from datetime import datetime

from gis.api.fields import FieldReader
from incidents.channels.adapter import Mapped
from incidents.channels.fields import MOST_ID, local_instant, location, reporter, without_blanks

FIELDS = (
    "matterId", "kind", "category", "title", "detail", "linkman", "phone", "address", "lon", "lat",
    "datum", "happenTime", "deadline",
)  # fmt: skip
_NAMES = {
    "description": "detail",
    "occurred_at": "happenTime",
    "location": "address",
    "location.lon": "lon",
    "location.lat": "lat",
    "location.datum": "datum",
    "location.address": "address",
    "reporter.name": "linkman",
    "reporter.phone": "phone",
}


def read_matter(fields: FieldReader, _now: datetime) -> Mapped:
    """`kind` and `category` are ours; the title goes before the detail."""
    number = fields.text("matterId", most=MOST_ID, required=True)
    title = fields.text("title", most=100)
    detail = fields.text("detail", most=3800, required=True)
    at, deadline = local_instant(fields, "happenTime"), local_instant(fields, "deadline")
    where = location(fields, lon="lon", lat="lat", address="address")
    if "lon" in where and fields.has("datum"):
        where["datum"] = fields.raw["datum"]
    body = {
        "kind": fields.raw.get("kind"),
        "category": fields.raw.get("category"),
        "description": f"{title}\n{detail}" if title else detail,
        "occurred_at": at.isoformat() if at else None,
        "location": where,
        "reporter": reporter(fields, name="linkman", phone="phone"),
    }
    return Mapped(number, without_blanks(body), _NAMES, deadline)
