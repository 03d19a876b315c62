"""A report comes in over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from gis.kernel.datum import Datum, from_wgs84
from gis.ledger.models import AuditEvent, IdempotencyKey
from gis.ledger.services import audit
from grids.models import Edition, NamedPlace, User
from incidents.models import Attribution, Contact, Incident, Report
from incidents.services import vault
from incidents.signals import report_received
from tests.db.incidents.conftest import a_report, send
from tests.factories import CELL, SOUTH, WEST, District, make_district

pytestmark = pytest.mark.usefixtures("channels")
PHONE, NAME = "13987654321", "欧阳某某"
ApiFor = Callable[[User], APIClient]


def field_of(response: Any, status: int = 400) -> str:
    assert response.status_code == status, response.content
    return str(response.json()["errors"][0]["field"])


def test_a_report_is_kept_and_placed(district: District, api: APIClient) -> None:
    heard: list[Report] = []
    report_received.connect(lambda report, **_: heard.append(report), weak=False, dispatch_uid="t")
    told = send(api, a_report(category="S0101", occurred_at="2019-11-02T08:30:00+08:00"))
    report_received.disconnect(dispatch_uid="t")
    assert told.status_code == 201, told.content
    body = told.json()
    cell = district.cell(0, 0)
    assert body["snap"] == {
        "edition": "2022",
        "grid": {"code": cell.code, "name": cell.name},
        "community": {"code": "370299001001", "name": "001001社区"},
        "subdistrict": {"code": "370299001", "name": "001街道"},
        "method": "inside",
        "border_distance_m": pytest.approx(450, abs=10),
        "provisional": False,
        "candidates": [],
        "datum": "wgs84",
    }
    assert body["state"] == "received"
    report = Report.objects.get(number=body["number"])
    assert heard == [report]
    assert report.incident.number == body["incident"]
    assert report.incident.grid == cell
    assert report.occurred_at == datetime(2019, 11, 2, 0, 30, tzinfo=UTC)
    said = Attribution.objects.get()
    assert (said.report, said.edition, said.grid) == (report, district.now, cell)
    event = AuditEvent.objects.get(chain=f"incident:{body['incident']}")
    assert event.action == "report.received"
    assert event.data["grid"] == cell.code
    assert not list(audit.broken_links())


def test_a_report_costs_no_more_questions_than_it_must(district: District, api: APIClient) -> None:
    send(api, a_report())
    with CaptureQueriesContext(connection) as asked:
        assert send(api, a_report()).status_code == 201
    assert len(asked) <= 22


def test_numbers_of_reports_cannot_be_guessed_and_cases_count_up(
    district: District, api: APIClient
) -> None:
    told = [send(api, a_report()).json() for _ in range(3)]
    cases = [int(body["incident"].split("-")[1]) for body in told]
    assert cases == list(range(cases[0], cases[0] + 3))
    secret = {body["number"].split("-")[1] for body in told}
    assert len(secret) == 3
    assert all(len(one) == 12 for one in secret)


def test_the_same_key_and_body_get_the_same_answer(district: District, api: APIClient) -> None:
    key = uuid4()
    first, again = send(api, a_report(), key), send(api, a_report(), key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert Report.objects.count() == 1
    assert field_of(send(api, a_report(description="x"), key), 409) == "Idempotency-Key"
    assert Report.objects.count() == 1


def test_a_refused_report_leaves_its_key_free(district: District, api: APIClient) -> None:
    key = uuid4()
    assert send(api, a_report(kind="x"), key).status_code == 400
    assert send(api, a_report(), key).status_code == 201


def test_keys_of_different_people_do_not_meet(
    district: District, api: APIClient, api_for: ApiFor
) -> None:
    key = uuid4()
    other = api_for(district.users["worker"])
    assert send(api, a_report(), key).status_code == 201
    assert send(other, a_report(description="other"), key).status_code == 201


A_UUID = "6c3ed5ed-4730-4158-9904-af14738c548b"


@pytest.mark.parametrize("key", ["", "x", "1" * 36, f"{{{A_UUID}}}", A_UUID.replace("-", "")])
def test_a_key_must_be_a_uuid(district: District, api: APIClient, key: str) -> None:
    headers = {"idempotency-key": key} if key else {}
    told = api.post("/api/v1/reports", a_report(), format="json", headers=headers)
    assert field_of(told) == "Idempotency-Key"


def test_the_datum_is_the_channels_unless_it_is_said(district: District, api: APIClient) -> None:
    lon, lat = from_wgs84(WEST + CELL + 0.0005, SOUTH + CELL + 0.0005, Datum.GCJ02)
    told = send(api, a_report(channel="wechat", location={"lon": lon, "lat": lat})).json()
    assert told["snap"]["grid"]["code"] == district.cell(1, 1).code
    assert told["snap"]["datum"] == "gcj02"
    report = Report.objects.get()
    assert (report.lon, report.lat, report.datum) == (lon, lat, "gcj02")


def test_outside_every_grid_it_waits_for_a_person(
    district: District, api: APIClient, api_for: ApiFor
) -> None:
    far = {"lon": WEST - 0.5, "lat": SOUTH, "datum": "wgs84"}
    told = send(api, a_report(location=far)).json()
    assert (told["snap"]["grid"], told["snap"]["method"]) == (None, "outside")
    assert Incident.objects.unplaced().get().number == told["incident"]
    listed = api_for(district.users["centre"]).get("/api/v1/incidents", {"placed": "no"}).json()
    assert [row["id"] for row in listed["features"]] == [told["incident"]]


def test_closed_channels_need_an_account(
    district: District, api: APIClient, api_for: ApiFor
) -> None:
    refused = send(api, a_report(channel="hotline"))
    assert field_of(refused, 401) == "channel"
    assert "Bearer" in refused["WWW-Authenticate"]
    told = send(api_for(district.users["centre"]), a_report(channel="hotline"))
    assert told.status_code == 201
    assert Report.objects.get().sent_by == district.users["centre"]


def test_residents_report_where_the_territory_is_not_public(
    district: District, api: APIClient, settings: Settings
) -> None:
    settings.PUBLIC_READS = False
    assert send(api, a_report()).status_code == 201


def test_a_member_reports_into_their_own_place_only(district: District, api_for: ApiFor) -> None:
    other = make_district("370298", west=WEST + 1)
    client = api_for(other.users["centre"])
    assert field_of(send(client, a_report(place="370299")), 404) == "place"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "other"}, "kind"),
        ({"channel": "smoke"}, "channel"),
        ({"description": "  "}, "description"),
        ({"category": "nope"}, "category"),
        ({"category": "OLD"}, "category"),
        ({"category": "S0101", "kind": "development"}, "category"),
        ({"location": None}, "location"),
        ({"location": {}}, "location"),
        ({"location": {"lon": 1}}, "location.lat"),
        ({"location": {"lon": SOUTH, "lat": WEST}}, "location.lon"),
        ({"location": {"address": "x" * 201}}, "location.address"),
        ({"occurred_at": "2022-11-02T08:30:00"}, "occurred_at"),
        ({"occurred_at": "2999-11-02T08:30:00Z"}, "occurred_at"),
        ({"reporter": {"phone": "abc"}}, "reporter.phone"),
        ({"reporter": {"mail": "abc"}}, "reporter.mail"),
        ({"photos": ["x"]}, "photos[0]"),
        ({"photos": [str(uuid4())]}, "photos[0]"),
        ({"extra": 1}, "extra"),
        ({"place": "nowhere"}, "place"),
    ],
)
def test_what_is_wrong_is_named(
    district: District, api: APIClient, changed: dict[str, Any], field: str
) -> None:
    told = send(api, a_report(**changed))
    assert field_of(told, 404 if field == "place" else 400) == field
    assert not Report.objects.exists()
    assert not IdempotencyKey.objects.exists()
    assert not Contact.objects.exists()


def test_clocks_of_phones_run_a_little_ahead(district: District, api: APIClient) -> None:
    soon = timezone.now() + timedelta(minutes=4)
    assert send(api, a_report(occurred_at=soon.isoformat())).status_code == 201


def test_who_reported_is_in_the_vault_and_nowhere_else(
    district: District, api: APIClient, settings: Settings
) -> None:
    reporter = {"name": NAME, "phone": "139-8765 4321"}
    assert send(api, a_report(reporter=reporter)).status_code == 201
    contact = Contact.objects.get()
    assert Report.objects.get().reporter == contact
    assert vault.unseal(contact) == vault.Reporter(NAME, PHONE)
    assert PHONE not in repr(vault.unseal(contact))
    assert vault.masked(PHONE) == "139****4321"
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text ~ %s', [f"{PHONE}|{NAME}"]
            )
            assert cursor.fetchone() == (0,), table
    assert len(tables) > 20
    # A new key in front: what was sealed under the former one still opens.
    settings.VAULT_KEYS = ["n" * 40, *settings.VAULT_KEYS]
    assert vault.unseal(contact).phone == PHONE


@pytest.mark.parametrize(
    "changed",
    [{"description": "x"}, {"lon": 1.0}, {"kind": "development"}, {"position": Point(1, 1)},
     {"external_id": "x"}, {"number": "x"}],
)  # fmt: skip
def test_a_report_is_never_edited(
    district: District, api: APIClient, changed: dict[str, Any]
) -> None:
    send(api, a_report(reporter={"name": NAME}))
    with pytest.raises(DatabaseError, match="kept as it came"), transaction.atomic():
        Report.objects.update(**changed)


def test_a_report_is_never_deleted_but_its_sender_may_be_forgotten(
    district: District, api: APIClient
) -> None:
    send(api, a_report(reporter={"name": NAME}))
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("DELETE FROM incidents_attribution; DELETE FROM incidents_report")
    Contact.objects.get().delete()
    assert Report.objects.get().reporter is None


def test_an_address_says_how_sure_it_is(district: District, api: APIClient) -> None:
    lon, lat = district.centre(2, 1)
    NamedPlace.objects.create(
        place=district.place, name="亚麦山城", position=Point(lon, lat), accuracy_m=100
    )
    told = send(api, a_report(location={"address": "测试路 8 号 亚麦山城9号楼"})).json()["snap"]
    assert told["method"] == "gazetteer"
    assert told["grid"]["code"] == district.cell(2, 1).code
    assert (told["certainty"], told["matched"]["name"]) == (1.0, "亚麦山城")
    report = Report.objects.get()
    assert (report.lon, report.datum, report.address) == (None, "", "测试路 8 号 亚麦山城9号楼")
    assert report.position is not None


def test_a_vague_address_waits_for_a_person(district: District, api: APIClient) -> None:
    told = send(api, a_report(location={"address": "001001社区"})).json()["snap"]
    assert (told["grid"], told["matched"]["kind"]) == (None, "region")
    assert 0 < told["certainty"] < 0.6
    told = send(api, a_report(location={"address": "天涯海角"})).json()["snap"]
    assert (told["method"], told["certainty"], told["matched"]) == ("unknown", 0.0, None)
    assert Incident.objects.unplaced().count() == 2


def test_without_an_edition_in_force_nothing_is_taken(district: District, api: APIClient) -> None:
    Edition.objects.filter(pk=district.now.pk).update(state="superseded")
    assert field_of(send(api, a_report()), 404) == "place"
