"""The desk: kept filters, the roster and its handover, and what is printed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gis.ledger.models import AuditEvent
from gis.ledger.services.audit import broken_links
from grids.choices import Role
from grids.models import User
from incidents.models import DutyShift, Handover, SavedFilter
from incidents.services import duty
from incidents.services.filters import MOST_FILTERS
from incidents.workflow.errors import NotAllowed
from tests.factories import District, make_post, make_user
from tests.loop import client_of, do, make_case

pytestmark = pytest.mark.django_db
FILTERS = "/api/v1/filters"


def keep(district: District, role: str, name: str, **query: str) -> Any:
    body = {"name": name, "query": query}
    return client_of(district.users[role]).post(FILTERS, body, format="json")


def test_a_filter_is_kept_counted_renamed_and_forgotten(district: District) -> None:
    number = make_case(district).number
    make_case(district)
    do(district, number, "file", "centre")
    kept = keep(district, "centre", "立了案的", state="filed")
    assert kept.status_code == 200, kept.content
    client = client_of(district.users["centre"])
    told = {one["name"]: one for one in client.get(FILTERS).json()}
    assert told["立了案的"]["count"] == {"n": 1, "is_more": False}
    assert told["open"]["count"]["n"] == 2
    path = f"{FILTERS}/{kept.json()['id']}"
    assert client.patch(path, {"name": "待派遣"}, format="json").json()["name"] == "待派遣"
    assert client.delete(path).status_code == 204
    assert not SavedFilter.objects.exists()
    written = AuditEvent.objects.filter(action__startswith="filter.").values_list("action", "data")
    assert [action for action, _ in written] == ["filter.kept", "filter.renamed", "filter.dropped"]
    assert all(list(data) == ["filter"] for _, data in written)


def test_the_same_name_again_replaces_it(district: District) -> None:
    keep(district, "centre", "甲", state="filed")
    keep(district, "centre", "甲", state="received")
    assert SavedFilter.objects.get().query == {"state": "received"}


def test_a_name_that_is_taken_is_refused(district: District) -> None:
    keep(district, "centre", "甲", state="filed")
    other = keep(district, "centre", "乙", state="filed").json()["id"]
    client = client_of(district.users["centre"])
    answer = client.patch(f"{FILTERS}/{other}", {"name": "甲"}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "name")


def test_anothers_filter_is_not_there(district: District) -> None:
    path = f"{FILTERS}/{keep(district, 'centre', '甲', state='open').json()['id']}"
    other = client_of(district.users["handler"])
    assert other.delete(path).status_code == 404
    assert other.patch(path, {"name": "乙"}, format="json").status_code == 404
    assert "甲" not in str(other.get(FILTERS).json())


@pytest.mark.parametrize(
    "query", [{}, {"state": "nothing"}, {"unknown": "x"}, {"text": 5}, {"bbox": "1,2,3,4"}]
)
def test_a_question_that_is_none_is_not_kept(district: District, query: dict[str, Any]) -> None:
    answer = client_of(district.users["centre"]).post(
        FILTERS, {"name": "甲", "query": query}, format="json"
    )
    assert answer.status_code == 400
    assert not SavedFilter.objects.exists()


def test_there_is_an_end_to_keeping(district: District) -> None:
    for k in range(MOST_FILTERS):
        assert keep(district, "centre", f"{k}", state="open").status_code == 200
    assert keep(district, "centre", "多", state="open").status_code == 400


@pytest.fixture
def second(district: District) -> User:
    """Somebody else at the centre."""
    user = make_user("second", district.place, full_name="接班人")
    make_post(user, Role.CENTRE, unit=district.units["centre"])
    return user


def page(viewer: User, **posted: str) -> Any:
    client = Client()
    client.force_login(viewer)
    return client.post("/desk/duty/", posted) if posted else client.get("/desk/duty/")


SHIFT = {"do": "add", "day": "2026-11-27", "begins": "17:30", "ends": "09:00"}


def test_a_shift_over_midnight_is_put_on_the_roster_once(district: District, second: User) -> None:
    centre = district.users["centre"]
    for _ in range(2):
        assert page(centre, **SHIFT, user="second").status_code == 302
    shift = DutyShift.objects.get()
    assert shift.during.upper - shift.during.lower == timedelta(hours=15, minutes=30)
    late = page(centre, **{**SHIFT, "begins": "20:00"}, user="second")
    assert late.status_code == 400
    assert "已有值班" in late.content.decode()
    assert page(centre, do="drop", shift=str(shift.pk)).status_code == 302
    assert not DutyShift.objects.exists()
    assert not list(broken_links())


def test_only_some_make_the_roster(district: District) -> None:
    handler = district.users["handler"]
    assert page(handler, **SHIFT, user=handler.username).status_code == 400
    unit, centre = district.units["department"], district.users["centre"]
    now = timezone.now()
    with pytest.raises(NotAllowed):
        duty.add_shift(
            unit=unit, user=handler, begins=now, ends=now + timedelta(hours=8), by=centre, now=now
        )


def test_a_handover_freezes_the_figures_and_holds_once_signed(
    district: District, second: User
) -> None:
    make_case(district)
    centre = district.users["centre"]
    assert page(centre, do="hand", to="second", text="三号楼要盯").status_code == 302
    made = Handover.objects.get()
    assert made.figures["open"] == 1
    assert made.signed_at is None
    make_case(district)
    assert "三号楼要盯" in page(second).content.decode()
    assert page(centre, do="sign", handover=str(made.pk)).status_code == 400
    for _ in range(2):
        assert page(second, do="sign", handover=str(made.pk)).status_code == 302
    signed = Handover.objects.get()
    assert signed.signed_at is not None
    assert signed.figures["open"] == 1
    written = AuditEvent.objects.filter(action="duty.taken_over")
    assert [event.actor for event in written] == [second]
    assert "三号楼" not in str(list(AuditEvent.objects.values_list("data", flat=True)))


def test_what_waits_to_be_signed_is_replaced_not_doubled(district: District, second: User) -> None:
    for text in ("一", "二"):
        page(district.users["centre"], do="hand", to="second", text=text)
    assert [one.text for one in Handover.objects.all()] == ["二"]


def test_nobody_hands_over_to_themselves(district: District, second: User) -> None:
    centre = district.users["centre"]
    assert page(centre, do="hand", to=centre.username, text="").status_code == 400
    assert page(centre, do="nothing").status_code == 400


@pytest.mark.parametrize("what", ["sheet", "print"])
def test_what_is_printed_tells_the_case(district: District, what: str) -> None:
    number = make_case(district, description="台阶 <b>破损</b>").number
    do(district, number, "file", "centre")
    do(district, number, "dispatch", "centre", unit="department")
    client = Client()
    client.force_login(district.users["centre"])
    text = client.get(f"/desk/cases/{number}/{what}").content.decode()
    assert number in text
    assert district.units["department"].name in text
    assert "台阶 &lt;b&gt;破损" in text
    assert ("<svg" in text) == (what == "sheet")
    stranger = Client()
    stranger.force_login(make_user("stranger", district.place))
    assert stranger.get(f"/desk/cases/{number}/{what}").status_code == 404


def test_the_page_is_for_those_who_work_there(district: District) -> None:
    client = Client()
    client.force_login(district.users["worker"])
    refused = client.get("/desk/")
    assert refused.status_code == 403
    assert "派遣台" in refused.content.decode()
