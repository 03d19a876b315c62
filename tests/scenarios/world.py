"""The world that scenarios are told in: the small district, its people, one case, and a clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from psycopg.types.range import DateRange

from grids.choices import Role, UnitKind
from grids.models import Unit, User
from incidents.models import Category, Incident
from incidents.services import acting
from tests.factories import District, make_post, make_user
from tests.loop import client_of, make_case, normal, tell

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 at Laoshan
WHO = {"网格员": "worker", "社区": "community", "街道": "subdistrict", "中心": "centre",
       "部门": "handler", "第二部门": "second", "编办": "ruler"}  # fmt: skip


@dataclass
class World:
    """The district, its people, the case that is told of, and what time it is."""

    district: District
    users: dict[str, User]
    now: datetime = MONDAY
    number: str = ""
    other: str = ""
    due_at: datetime | None = None
    numbers: list[str] = field(default_factory=list)

    @property
    def case(self) -> Incident:
        return Incident.objects.get(number=self.number)

    def act(self, who: str, action: str, number: str = "", **said: Any) -> None:
        """`who` does it, giving what is said and else what stands by itself."""
        user, number = self.users[WHO.get(who, who)], number or self.number
        client = client_of(user)
        offered = {one["name"]: one for one in tell(client, number)["actions"]}
        stands = normal(offered[action]) if action in offered else {}
        known = {need["name"] for need in offered.get(action, {"needs": []})["needs"]}
        asked = {name: value for name, value in stands.items() if name in known} | said
        acting.act(number=number, action=action, given=asked, by=user, now=self.now)
        self.now += timedelta(minutes=1)

    def report(self, text: str, **more: Any) -> str:
        case = make_case(self.district, description=text, now=self.now, **more)
        self.now += timedelta(minutes=1)
        self.number = self.number or str(case.number)
        return str(case.number)


def make_world(district: District) -> World:
    """The district with a second department, an establishment office and two categories."""
    place = district.place
    second = Unit.objects.create(
        place=place, code="second", name="第二部门", kind=UnitKind.DEPARTMENT
    )
    office = Unit.objects.create(place=place, code="bwb", name="编办", kind=UnitKind.ESTABLISHMENT)
    users = dict(district.users)
    for name, unit in (("second", second), ("ruler", office)):
        users[name] = make_user(name, place)
        make_post(users[name], Role.HANDLER, unit=unit)
    for code in ("E1", "E2"):
        Category.objects.create(
            code=code, name=code, name_en=code, kind="enforcement",
            valid=DateRange(date(2020, 1, 1), None),
        )  # fmt: skip
    return World(district, users)


def unit_named(world: World, name: str) -> Unit:
    found: Unit = Unit.objects.get(place=world.district.place, name=name)
    return found
