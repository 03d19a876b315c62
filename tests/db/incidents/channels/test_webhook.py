"""What partners send by machine: signed, once each, refused by their own names."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from gis.ledger.models import IdempotencyKey
from incidents.channels import signing
from incidents.models import Channel, ChannelPartner, Contact, Incident, PartnerReport, Report
from incidents.services import partners, vault
from incidents.services.partners import issue_key, keys_of
from incidents.services.tables import load_tables
from tests.db.incidents.conftest import LAOSHAN
from tests.factories import District
from tests.loop import make_case
from tests.partners import LAT, LON, an_order, make_partner, push


@pytest.fixture(autouse=True)
def _tables(district: District) -> None:
    load_tables(LAOSHAN)


def code_of(report: Report) -> str:
    return report.category.code if report.category else ""


def fields_of(answer: Any) -> set[str]:
    return {one["field"] for one in answer.json()["errors"]}


def test_a_work_order_becomes_a_report_where_the_baidu_map_says(district: District) -> None:
    partner, key = make_partner("hotline")
    told = push("hotline", an_order(questionType="B0112"), key)
    assert told.status_code == 201, told.content
    report = Report.objects.get()
    assert told.json()["external_id"] == report.external_id == "RX2026112400001"
    assert told.json()["number"] == report.number
    assert report.incident.grid == district.cell(0, 0)
    assert (report.datum, report.channel.code) == ("bd09", "hotline")
    assert abs(report.position.x - LON) + abs(report.position.y - LAT) < 1e-4
    assert code_of(report) == "B0112"
    assert report.occurred_at.isoformat() == "2026-11-24T00:30:00+00:00"
    assert vault.unseal(Contact.objects.get()) == vault.Reporter("欧阳某某", "13876543219")
    kept = PartnerReport.objects.get()
    assert kept.partner == partner
    assert kept.deadline == datetime(2026, 11, 29, 10, tzinfo=UTC)


def test_the_same_order_again_is_the_same_answer_and_another_content_is_refused() -> None:
    _partner, key = make_partner("hotline")
    first = push("hotline", an_order(), key)
    again = push("hotline", dict(reversed(an_order().items())), key)
    other = push("hotline", an_order(content="另一内容"), key)
    later = push("hotline", an_order(deadline="2026-12-01 18:00:00"), key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert {one.status_code for one in (other, later)} == {409}
    assert other.json()["errors"][0]["code"] == "external_id_used"
    assert (Report.objects.count(), Incident.objects.count()) == (1, 1)
    kept = str(list(IdempotencyKey.objects.values()))
    assert "欧阳" not in kept
    assert "7654" not in kept


def test_a_number_that_came_by_another_way_is_not_opened_twice(district: District) -> None:
    _partner, key = make_partner("hotline")
    make_case(district, channel=Channel.objects.get(code="hotline"), external_id="RX2026112400001")
    told = push("hotline", an_order(), key)
    assert (told.status_code, told.json()["errors"][0]["code"]) == (409, "external_id_used")


def test_a_body_is_signed_lately_by_the_partner(settings: Settings) -> None:
    _partner, key = make_partner("hotline")
    now = timezone.now()
    old = push("hotline", an_order(), key, at=now - timedelta(seconds=301))
    early = push("hotline", an_order(), key, at=now + timedelta(seconds=310))
    strange = push("hotline", an_order(), "0" * 64)
    foreign = push("police", an_order(), key)
    for header in ("", "t=1", "v1=00", f"t=x,v1={'0' * 64}", f"t={'9' * 13},v1={'0' * 64}", "é"):
        assert push("hotline", an_order(), key, header=header).status_code == 401, header
    signed = signing.signature(b"{}", key, at=now)
    moved = push("hotline", an_order(), key, header=signed)
    told = {one.status_code for one in (old, early, strange, foreign, moved)}
    assert told == {401}
    assert old.json()["errors"][0]["code"] == "bad_signature"
    assert push("hotline", an_order(), key, at=now - timedelta(seconds=200)).status_code == 201
    assert not Report.objects.exclude(external_id="RX2026112400001").exists()


def test_two_keys_work_while_a_partner_changes_over() -> None:
    partner, first = make_partner("hotline")
    second = issue_key(channel=partner.channel, name=partner.name, now=timezone.now())
    for number, key in enumerate((first, second)):
        assert push("hotline", an_order(orderNo=f"A{number}"), key).status_code == 201
    third = issue_key(channel=partner.channel, name=partner.name, now=timezone.now())
    assert push("hotline", an_order(orderNo="A2"), first).status_code == 401
    assert push("hotline", an_order(orderNo="A2"), third).status_code == 201
    alone = issue_key(channel=partner.channel, name=partner.name, now=timezone.now(), alone=True)
    assert push("hotline", an_order(orderNo="A3"), third).status_code == 401
    assert keys_of(ChannelPartner.objects.get()) == [alone]
    assert alone not in str(bytes(ChannelPartner.objects.get().secret))
    ChannelPartner.objects.update(is_active=False)
    assert push("hotline", an_order(orderNo="A3"), alone).status_code == 401


def test_an_error_names_the_partners_field() -> None:
    _partner, key = make_partner("hotline")
    wrong = an_order(
        orderNo="", orderType="什么", lng=999, acceptTime="昨天", callerPhone="x", other=1
    )
    told = push("hotline", wrong, key)
    assert told.status_code == 400
    assert fields_of(told) == {
        "orderNo", "orderType", "lng", "acceptTime", "callerPhone", "other",
    }  # fmt: skip
    assert fields_of(push("hotline", {"orderNo": "1"}, key)) == {"content", "address"}
    assert push("hotline", [], key).status_code == 400
    assert push("hotline", b"{", key).status_code == 400
    assert push("hotline", b'{"orderNo": NaN}', key).status_code == 400
    assert push("hotline", b"[" * 10_000, key).status_code == 400
    assert push("hotline", b" " * (513 * 1024), key).status_code == 413
    assert not Report.objects.exists()


def test_a_call_of_the_police() -> None:
    _partner, key = make_partner("police")
    body = {
        "caseNo": "J370212202611240", "caseType": "噪声扰民", "alarmTime": "2026-11-24 01:10:00",
        "contact": "王某", "mobile": "13900001111", "caseDesc": "楼上深夜装修",
        "caseAddress": "001001社区", "x": LON, "y": LAT,
    }  # fmt: skip
    assert push("police", body, key).status_code == 201
    report = Report.objects.get()
    assert (report.kind, code_of(report), report.datum) == ("livelihood", "S0601", "cgcs2000")
    told = push("police", {**body, "caseNo": "2", "caseType": "盗窃"}, key)
    assert fields_of(told) == {"caseType"}


def test_a_batch_of_a_department_is_kept_whole_or_not_at_all() -> None:
    _partner, key = make_partner("department")

    def item(number: int, **changed: Any) -> dict[str, Any]:
        return {
            "matterId": f"ZB-{number}", "kind": "livelihood", "title": "路面破损",
            "detail": "东侧人行道", "lon": LON, "lat": LAT, **changed,
        }  # fmt: skip

    told = push("department", {"items": [item(1), item(2, datum="gcj02")]}, key)
    assert told.status_code == 201, told.content
    assert [one["external_id"] for one in told.json()["items"]] == ["ZB-1", "ZB-2"]
    assert Report.objects.get(external_id="ZB-1").description == "路面破损\n东侧人行道"
    wrong = push("department", {"items": [item(3), item(4, kind="x", lat="y")]}, key)
    assert fields_of(wrong) == {"items[1].kind", "items[1].lat"}
    used = push("department", {"items": [item(5), item(1, title="别的")]}, key)
    assert (used.status_code, fields_of(used)) == (409, {"items[1]"})
    bodies: list[Any] = [{}, {"items": []}, {"items": [item(n) for n in range(101)]}, {"items": 1}]
    for body in bodies:
        assert fields_of(push("department", body, key)) == {"items"}
    assert Report.objects.count() == 2


def test_an_alarm_of_a_sensor() -> None:
    _partner, key = make_partner("sensor")
    body = {
        "deviceId": "WL-0031", "type": "water_level", "value": 31.5, "threshold": 15, "unit": "cm",
        "lon": LON, "lat": LAT, "time": "2026-11-24T08:30:00+08:00",
    }  # fmt: skip
    assert push("sensor", body, key).status_code == 201
    report = Report.objects.get()
    assert code_of(report) == "S0106"
    assert report.external_id == "WL-0031@2026-11-24T00:30:00+00:00"
    assert report.description == "积水超限：设备 WL-0031 测得 31.5cm，阈值 15cm。"
    assert push("sensor", body, key).status_code == 201
    assert Report.objects.count() == 1
    low = {**body, "type": "water_pressure", "value": 0.1, "threshold": 0.2, "deviceId": "P"}
    assert push("sensor", low, key).status_code == 201
    quiet = push("sensor", {**body, "value": 3, "time": "2026-11-24T08:31:00+08:00"}, key)
    assert fields_of(quiet) == {"value"}
    assert fields_of(push("sensor", {"deviceId": "x", "type": "ufo"}, key)) == {
        "type", "value", "threshold", "time", "lon",
    }  # fmt: skip


def test_channels_of_people_take_no_webhook() -> None:
    for code in ("resident", "wechat", "staff", "nothing"):
        assert push(code, {}, "0" * 64).status_code == 404, code


def test_what_machines_send_is_counted_by_address(settings: Settings) -> None:
    _partner, key = make_partner("hotline")
    settings.WEBHOOKS_PER_MINUTE = 0
    assert push("hotline", an_order(), key).status_code == 429


def test_a_key_that_no_vault_key_opens_lets_nobody_in(settings: Settings) -> None:
    _partner, key = make_partner("hotline")
    settings.VAULT_KEYS = [str(uuid4())]
    assert push("hotline", an_order(), key).status_code == 401


def test_the_command_tells_a_key_once(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("channel_key", channel="hotline", name="市热线")
    key = capsys.readouterr().out.strip()
    assert keys_of(ChannelPartner.objects.get(name="市热线")) == [key]
    for wrong in ({"channel": "resident", "name": "x"}, {"channel": "hotline", "name": ""}):
        with pytest.raises(CommandError):
            call_command("channel_key", **wrong)
    assert partners.MOST_KEYS == 2
