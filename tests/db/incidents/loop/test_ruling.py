"""What the establishment office rules for a case becomes the list for the next one."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.range import DateRange

from gis.kernel.errors import InvalidInput
from gis.ledger.models import AuditEvent
from gis.ledger.services.audit import broken_links
from grids.choices import Role, UnitKind
from grids.models import Unit, User
from incidents.choices import LimitUnit
from incidents.models import Category, Clock, Incident, Responsibility
from incidents.services.listing import begin_responsibility, end_responsibility
from incidents.workflow.office import Allowance, office_of
from tests.factories import District, make_post, make_user
from tests.loop import client_of, make_case, normal, send, tell

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
TODAY = date(2026, 11, 20)
TWO_DAYS = Allowance(2, LimitUnit.WORKING_DAYS)


@pytest.fixture
def fumes() -> Category:
    return Category.objects.create(
        code="S0507", name="油烟扰民", name_en="Cooking fumes", kind="enforcement",
        valid=DateRange(date(2020, 1, 1), None),
    )  # fmt: skip


@pytest.fixture
def arbiter(district: District) -> User:
    unit = Unit.objects.create(
        place=district.place, code="bb", name="编办", kind=UnitKind.ESTABLISHMENT
    )
    user = make_user("bb", district.place)
    make_post(user, Role.HANDLER, unit=unit)
    return user


def filed(district: District, category: Category) -> str:
    number = make_case(district, kind="enforcement", category=category).number
    client = client_of(district.users["centre"])
    for action in ("verify", "file"):
        assert send(client, number, action).status_code == 200
    return number


def dispatch_need(district: District, number: str) -> dict[str, Any]:
    told = tell(client_of(district.users["centre"]), number)
    return normal(next(one for one in told["actions"] if one["name"] == "dispatch"))


def rule(district: District, arbiter: User, number: str, **more: Any) -> None:
    assert send(client_of(district.users["centre"]), number, "dispatch").status_code == 200
    given = {"unit": "department", "supporting": ["office-001"], "limit_days": 4, **more}
    answer = send(client_of(arbiter), number, "dispatch", given)
    assert answer.status_code == 200, answer.json()


def test_the_second_case_goes_by_the_ruling_of_the_first(
    district: District, fumes: Category, arbiter: User
) -> None:
    first = filed(district, fumes)
    assert dispatch_need(district, first)["unit"] == "bb"
    rule(district, arbiter, first)
    row = Responsibility.objects.get()
    assert (row.lead.code, row.amount, row.amount_unit) == ("department", 4, "working_days")
    assert [one.code for one in row.supporting.all()] == ["office-001"]
    assert (row.ruling, row.settled_by) == (
        f"编办裁定 {first}", Incident.objects.get(number=first)
    )  # fmt: skip
    second = filed(district, fumes)
    told = dispatch_need(district, second)
    assert (told["unit"], told["supporting"]) == ("department", ["office-001"])
    assert send(client_of(district.users["centre"]), second, "dispatch").status_code == 200
    clock = Clock.objects.get(incident__number=second, step="handle")
    assert (clock.amount, clock.amount_unit) == (4, "working_days")
    assert not list(broken_links())


def test_a_second_ruling_replaces_the_first(
    district: District, fumes: Category, arbiter: User
) -> None:
    numbers = [filed(district, fumes) for _ in range(2)]
    rule(district, arbiter, numbers[0])
    answer = send(client_of(district.users["centre"]), numbers[1], "dispatch", {"unit": "bb"})
    assert answer.status_code == 200, answer.json()
    given = {"unit": "office-002", "supporting": [], "limit_days": 1}
    assert send(client_of(arbiter), numbers[1], "dispatch", given).status_code == 200
    held = [row for row in Responsibility.objects.all() if not row.valid.isempty]
    assert [row.lead.code for row in held] == ["office-002"]
    assert Responsibility.objects.count() == 2
    events = AuditEvent.objects.filter(action="responsibility.begun").order_by("sequence")
    assert [event.data["settled_by"] for event in events] == numbers


def test_a_case_without_a_category_enters_nothing(district: District, arbiter: User) -> None:
    number = make_case(district, kind="enforcement").number
    client = client_of(district.users["centre"])
    for action in ("verify", "file"):
        send(client, number, action)
    assert send(client, number, "dispatch", {"unit": "bb"}).status_code == 200
    given = {"unit": "department", "supporting": [], "limit_days": 4}
    assert send(client_of(arbiter), number, "dispatch", given).status_code == 200
    assert not Responsibility.objects.exists()


def begin(district: District, lead: str, day: date) -> Responsibility:
    return begin_responsibility(
        place=district.place, category_code="S0507", lead=district.units[lead], supporting=[],
        allowance=TWO_DAYS, from_day=day, ruling="", by=district.users["centre"], now=NOW,
    )  # fmt: skip


def test_a_row_is_ended_when_the_next_begins(district: District) -> None:
    old = begin(district, "department", date(2022, 1, 1))
    future = begin(district, "001", date(2027, 1, 1))
    new = begin(district, "centre", TODAY)
    for row in (old, future, new):
        row.refresh_from_db()
    assert old.valid == DateRange(date(2022, 1, 1), TODAY)
    assert new.valid == DateRange(TODAY, date(2027, 1, 1))
    assert future.valid == DateRange(date(2027, 1, 1), None)
    office = office_of(district.place)
    led = [office.duty("S0507", TODAY + timedelta(days=n)) for n in (-1, 0, 400)]
    assert [one.lead.code for one in led if one] == ["department", "centre", "office-001"]


def test_a_row_is_ended_where_it_holds(district: District) -> None:
    row = begin(district, "department", date(2022, 1, 1))
    by = district.users["centre"]
    end_responsibility(row=row, day=TODAY, by=by, now=NOW)
    assert office_of(district.place).duty("S0507", TODAY) is None
    with pytest.raises(InvalidInput):
        end_responsibility(row=row, day=TODAY, by=by, now=NOW)
