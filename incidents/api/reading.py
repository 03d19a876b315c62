"""Reading the body of a report: every reason is told, and each names its field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from rest_framework.request import Request

from gis.api.fields import FieldReader
from gis.api.problems import Problem, Refused, refuse
from gis.kernel.credit import is_credit_code
from grids.api.points import PointReader
from grids.api.scopes import Scope, ScopeReader, status_of
from grids.models import Edition
from grids.querysets import Viewer
from grids.selectors import Position
from incidents.channels import registry
from incidents.choices import Kind
from incidents.models import Category, Channel
from incidents.selectors import categories_at
from incidents.services.vault import Reporter

FIELDS = (
    "channel", "kind", "category", "description", "occurred_at", "location", "reporter", "photos",
    "place",
)  # fmt: skip
POINT_FIELDS = ("lon", "lat", "datum", "accuracy_m")
MOST_PHOTOS = 9
# Clocks of phones are not ours.
CLOCK_TOLERANCE = timedelta(minutes=5)
_PHONE = re.compile(r"\+?\d{5,20}", re.ASCII)
_BETWEEN_DIGITS = re.compile(r"[\s\-()（）.]")


@dataclass(frozen=True)
class Sent:
    """A report as it was read."""

    edition: Edition
    channel: Channel
    kind: str
    category: Category | None
    description: str
    occurred_at: datetime | None
    location: Position | None
    address: str
    reporter: Reporter | None
    photos: list[UUID]


class IntakeScopes(ScopeReader):
    """Anybody may report into the edition in force, also where the territory is not public."""

    def _find(self, place_code: str, name: str) -> Scope | Problem:
        place = self._place(place_code)
        if isinstance(place, Problem):
            return place
        edition = None if name else Edition.objects.in_force(place)
        if edition is None:
            zh, en = "此地区没有现行版本。", "No edition is in force in this place."
            return Problem("place", "no_edition_in_force", zh, en)
        edition.place = place
        return Scope(edition, place.envelope.extent)


def read_channel(request: Request) -> Channel:
    """The channel named in the body, if the sender may use it. Raises `Refused` (400, 401)."""
    raw = request.data if isinstance(request.data, dict) else {}
    known = {channel.code: channel for channel in Channel.objects.all()}
    fields = FieldReader(request.data, FIELDS)
    code = fields.choice("channel", list(known)) if isinstance(request.data, dict) else ""
    if code not in known:
        fields.refuse()
    channel = known[code]
    if not (channel.is_open or request.user.is_authenticated):
        zh = f"渠道 {raw['channel']} 需要登录。"
        en = f"The channel {raw['channel']} is for those who signed in."
        refused = refuse("channel", "not_authenticated", zh, en, status_code=401)
        refused.auth_header = 'Bearer realm="wangge"'
        raise refused
    return channel


def read_report(body: Any, sender: Viewer, channel: Channel, now: datetime) -> Sent:
    """The report in `body`. Raises `Refused` with every reason."""
    fields = FieldReader(body, FIELDS)
    kind = fields.choice("kind", Kind.values)
    category = _category(fields, kind, now)
    description = fields.text("description", most=4000, required=True)
    occurred_at = fields.instant("occurred_at", latest=now + CLOCK_TOLERANCE)
    photos = fields.ids("photos", most=MOST_PHOTOS)
    reporter = _reporter(fields, channel)
    scopes = IntakeScopes(sender)
    place = fields.text("place", most=20)
    scope = scopes.find(place, "")
    if isinstance(scope, Problem):
        raise Refused([*fields.problems, scope], 400 if fields.problems else status_of([scope]))
    location, address = _location(fields, PointReader(scopes), channel, place)
    fields.refuse()
    return Sent(
        scope.edition, channel, kind, category, description, occurred_at, location, address,
        reporter, photos,
    )  # fmt: skip


def _category(fields: FieldReader, kind: str, now: datetime) -> Category | None:
    code = fields.text("category", most=16)
    if not code:
        return None
    category = categories_at(now).filter(code=code).first()
    if category is None:
        zh, en = "没有这个类别，见 /api/v1/categories。", "Unknown: see /api/v1/categories."
        fields.note("category", "unknown_category", zh, en)
    elif kind in Kind.values and category.kind != kind:
        zh, en = f"此类别属于 {category.kind}。", f"This category belongs to {category.kind}."
        fields.note("category", "other_kind", zh, en)
    return category


def _reporter(fields: FieldReader, channel: Channel) -> Reporter | None:
    """Who reports; an enterprise says its name, where the channel is theirs."""
    adapter = registry.find(channel.code)
    asked = adapter is not None and adapter.asks_organisation
    if not fields.has("reporter") and not asked:
        return None
    known = ("name", "phone", "organisation", "credit_code")
    inner = FieldReader(
        fields.raw.get("reporter", {}) if fields.has("reporter") else {}, known, path="reporter"
    )
    name = inner.text("name", most=40)
    phone = _BETWEEN_DIGITS.sub("", inner.text("phone", most=40))
    if phone and not _PHONE.fullmatch(phone):
        zh, en = "应为 5–20 位数字，可带 +。", "Must be 5 to 20 digits, with or without +."
        inner.note("phone", "not_a_phone", zh, en)
    organisation = inner.text("organisation", most=80, required=asked)
    code = inner.text("credit_code", most=40).upper().replace(" ", "")
    if code and not is_credit_code(code):
        zh, en = "应为 18 位统一社会信用代码，请核对。", "Must be a credit code of 18 characters."
        inner.note("credit_code", "not_a_credit_code", zh, en)
    fields.problems += inner.problems
    found = Reporter(name, phone, organisation, code)
    return found if any((name, phone, organisation, code)) else None


def _location(
    fields: FieldReader, points: PointReader, channel: Channel, place: str
) -> tuple[Position | None, str]:
    """The position, if one was sent, and the address, if one was."""
    if not fields.has("location"):
        zh, en = "必须提供位置或地址。", "Send a position or an address."
        fields.note("location", "required", zh, en)
        return None, ""
    raw = fields.raw["location"]
    inner = FieldReader(raw, (*POINT_FIELDS, "address"), path="location")
    address = inner.text("address", most=200)
    fields.problems += inner.problems
    if inner.problems:
        return None, ""
    if not any(raw.get(name) is not None for name in POINT_FIELDS):
        if not address:
            zh, en = "请给出 lon、lat 或 address。", "Give lon and lat, or an address."
            fields.note("location", "required", zh, en)
        return None, address
    return _position(fields, points, raw, channel, place), address


def _position(
    fields: FieldReader, points: PointReader, raw: Mapping[str, Any], channel: Channel, place: str
) -> Position | None:
    sent = {name: raw[name] for name in POINT_FIELDS if name in raw}
    if sent.get("datum") is None:
        sent["datum"] = channel.datum
    read = points.read({**sent, "place": place})
    if isinstance(read, list):
        fields.problems += [replace(one, field=f"location.{one.field}") for one in read]
        return None
    return read.position
