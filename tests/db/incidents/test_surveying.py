"""The loop as whoever reported is told it, and what they say of it after it is closed."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from rest_framework.test import APIClient

from gis.ledger.models import AuditEvent, IdempotencyKey
from incidents.models import Incident, Note, Satisfaction
from incidents.services.vault import Reporter
from tests.db.incidents.test_following import ask
from tests.factories import District
from tests.loop import NORMAL_PATH, client_of, do, make_case, send
from tests.pictures import picture

DIGITS = "4321"
ANSWER = "灯已换好，请您查看。"
INSIDE = "内部：前两家单位都推了"


@pytest.fixture
def case(district: District) -> Incident:
    return make_case(district, reporter=Reporter("欧阳某某", "13987654321"))


def walk(district: District, case: Incident, until: str = "close") -> None:
    for action, role in NORMAL_PATH:
        client = client_of(district.users[role])
        given: dict[str, Any] | None = None
        if action == "feed_back":
            file = SimpleUploadedFile("x.jpg", picture())
            photo = client.post("/api/v1/photos", {"file": file}).json()["id"]
            given = {"note": ANSWER, "photos": [photo]}
        elif action == "handle":
            given = {"note": INSIDE}
        assert send(client, case.number, action, given).status_code == 200, action
        if action == until:
            return


def number_of(case: Incident) -> str:
    return case.reports.get().number


def judge(api: APIClient, case: Incident, body: Any, key: object = None) -> Any:
    return api.post(
        f"/api/v1/reports/{number_of(case)}/survey", body, format="json",
        headers={"idempotency-key": str(key or uuid4())},
    )  # fmt: skip


def words_of(told: Any) -> list[str]:
    return [step["event"] for step in told["timeline"]]


def test_every_step_is_told_and_the_answer_with_its_picture(
    district: District, case: Incident, api: APIClient
) -> None:
    walk(district, case)
    told = ask(api, number_of(case), DIGITS).json()
    assert words_of(told) == [
        "received", "filed", "dispatched", "checked_in", "handled", "answered", "closed",
    ]  # fmt: skip
    steps = {step["event"]: step for step in told["timeline"]}
    assert steps["dispatched"]["unit"] == "综合部门"
    assert steps["answered"]["words"] == ANSWER
    (photo,) = steps["answered"]["photos"]
    assert api.get(photo["url"])["Content-Type"] == "image/jpeg"
    assert INSIDE not in str(told)
    assert told["survey"] == {"is_open": True, "score": None}
    other = make_case(district, reporter=Reporter("", "13900004321"))
    foreign = photo["url"].replace(number_of(case), number_of(other))
    word = ask(api, number_of(other), DIGITS).json()
    assert word["photos"] == []
    assert api.get(foreign).status_code == 404


def test_without_a_phone_the_steps_are_told_and_no_words(
    district: District, api: APIClient
) -> None:
    case = make_case(district)
    walk(district, case)
    for told in (
        ask(api, number_of(case)).json(),
        api.get(f"/api/v1/reports/{number_of(case)}").json(),
    ):
        assert words_of(told)[-2:] == ["answered", "closed"]
        assert ANSWER not in str(told)
        assert "survey" not in told
    refused = judge(api, case, {"digits": DIGITS, "score": 5})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (404, "no_phone")


def test_what_goes_on_inside_is_not_told(
    district: District, case: Incident, api: APIClient
) -> None:
    walk(district, case, "check_in")
    do(district, case.number, "extend", "handler", days=3, note="等配件")
    do(district, case.number, "supervise", "leader", hours=4, note="抓紧")
    do(district, case.number, "extend", "centre", decision="approve")
    do(district, case.number, "suspend", "handler", reason="season", note="上冻")
    do(district, case.number, "suspend", "centre", decision="approve")
    told = ask(api, number_of(case), DIGITS).json()
    assert words_of(told) == ["received", "filed", "dispatched", "checked_in", "suspended"]
    assert told["timeline"][-1]["reason"] == "season"
    for inside in ("等配件", "抓紧", "上冻"):
        assert inside not in str(told)


def test_a_merged_report_is_told_the_main_case(
    district: District, case: Incident, api: APIClient
) -> None:
    main = make_case(district)
    do(district, case.number, "merge", "centre", into=main.number)
    walk(district, main)
    told = ask(api, number_of(case), DIGITS).json()
    assert (told["state"], told["handled_in"]) == ("closed", main.number)
    assert words_of(told)[:3] == ["received", "merged", "filed"]
    assert words_of(told)[-1] == "closed"
    assert judge(api, case, {"digits": DIGITS, "score": 4}).status_code == 200
    assert Satisfaction.objects.get().incident == main


def test_a_voided_one_is_told_why(district: District, case: Incident, api: APIClient) -> None:
    do(district, case.number, "void", "centre", note="现场没有这盏灯")
    told = ask(api, number_of(case), DIGITS).json()
    assert told["timeline"][-1]["words"] == "现场没有这盏灯"
    refused = judge(api, case, {"digits": DIGITS, "score": 5})
    assert refused.status_code == 409


def test_a_closing_is_judged_once(district: District, case: Incident, api: APIClient) -> None:
    walk(district, case)
    key, body = uuid4(), {"digits": DIGITS, "score": 4, "note": "挺快"}
    first, again = judge(api, case, body, key), judge(api, case, body, key)
    assert (first.status_code, first.json()) == (200, again.json())
    assert first.json() == {"state": "closed", "event": "surveyed", "score": 4}
    second = judge(api, case, body)
    assert (second.status_code, second.json()["errors"][0]["code"]) == (409, "already_surveyed")
    assert judge(api, case, {**body, "score": 5}, key).status_code == 409
    assert Satisfaction.objects.count() == 1
    assert ask(api, number_of(case), DIGITS).json()["survey"] == {"is_open": False, "score": 4}
    assert DIGITS not in str(list(IdempotencyKey.objects.values("answer")))


def test_an_unhappy_answer_reopens_and_the_next_closing_is_judged_anew(
    district: District, case: Incident, api: APIClient
) -> None:
    walk(district, case)
    told = judge(api, case, {"digits": DIGITS, "score": 1, "note": "又灭了"})
    assert told.json() == {"state": "filed", "event": "reopened", "score": 1}
    followed = ask(api, number_of(case), DIGITS).json()
    assert words_of(followed)[-1] == "reopened"
    assert followed["survey"] == {"is_open": False, "score": 1}
    assert judge(api, case, {"digits": DIGITS, "score": 5}).status_code == 409
    for action, role in NORMAL_PATH[2:]:
        assert send(client_of(district.users[role]), case.number, action).status_code == 200
    assert judge(api, case, {"digits": DIGITS, "score": 5}).status_code == 200
    assert list(Satisfaction.objects.order_by("pk").values_list("score", "closing")) == [
        (1, 1), (5, 2),
    ]  # fmt: skip
    data = str(list(AuditEvent.objects.values_list("data", flat=True)))
    assert "又灭了" not in data
    assert Note.objects.filter(text="又灭了").exists()


def test_who_does_not_know_the_digits_judges_nothing(
    district: District, case: Incident, api: APIClient
) -> None:
    walk(district, case)
    assert judge(api, case, {"digits": "4322", "score": 1}).status_code == 404
    for body in (
        {}, {"score": 1}, {"digits": DIGITS}, {"digits": DIGITS, "score": 0},
        {"digits": DIGITS, "score": True}, {"digits": DIGITS, "score": "5"},
        {"digits": DIGITS, "score": 5, "note": "x" * 501}, {"digits": DIGITS, "score": 5, "x": 1},
    ):  # fmt: skip
        assert judge(api, case, body).status_code == 400, body
    missing = api.post(
        f"/api/v1/reports/{number_of(case)}/survey", {"digits": DIGITS, "score": 5}, format="json"
    )
    assert missing.status_code == 400
    with override_settings(FOLLOW_DIGITS_TRIED=0):
        assert judge(api, case, {"digits": DIGITS, "score": 1}).status_code == 429
    assert not Satisfaction.objects.exists()
