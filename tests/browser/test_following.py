"""Following a report to its end and judging it, on a phone, in both languages."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page, expect

from incidents.models import Incident, Satisfaction
from incidents.services.vault import Reporter
from tests.browser.conftest import Watched
from tests.browser.residents import ENGLISH, FAULTS, PHONE, forgive, on_phone
from tests.factories import District
from tests.loop import NORMAL_PATH, client_of, make_case, send
from tests.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def closed_case(ground: District, phone: str = "13987654321") -> Incident:
    reporter = Reporter("欧阳某某", phone) if phone else None
    case = make_case(ground, reporter=reporter, description="The lamp at gate 3")
    for action, role in NORMAL_PATH:
        client = client_of(ground.users[role])
        given: dict[str, Any] | None = None
        if action == "feed_back":
            file = SimpleUploadedFile("x.jpg", picture(900, 600))
            photo = client.post("/api/v1/photos", {"file": file}).json()["id"]
            given = {"note": "The lamp was changed.", "photos": [photo]}
        assert send(client, case.number, action, given).status_code == 200
    return case


def opened(watched: Watched, case: Incident, digits: str = "4321") -> Page:
    page = watched.page
    page.goto(f"{watched.base}/report/{case.reports.get().number}")
    if digits:
        page.get_by_label(re.compile("手机号后四位|Last four digits")).fill(digits)
        page.get_by_role("button", name=re.compile("^(查看|Show)$")).click()
    expect(page.locator("#found .state")).to_be_visible()
    return page


@on_phone
def test_the_loop_is_told_and_judged_once(ground: District, watched: Watched) -> None:
    case = closed_case(ground)
    page = opened(watched, case)
    expect(page.locator("#found .state")).to_have_text("已结案")
    expect(page.locator(".timeline > li")).to_have_count(7)
    expect(page.locator(".timeline")).to_contain_text("已派给综合部门")
    expect(page.locator(".timeline .words")).to_have_text("The lamp was changed.")
    expect(page.locator(".timeline img")).to_have_count(1)
    assert page.evaluate(FAULTS) == []
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("#survey-wrong")).to_have_text("请选一项。")
    page.get_by_label("满意", exact=True).check()
    page.get_by_label("想说的话").fill("挺快")
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("#survey")).to_contain_text("谢谢您的评价")
    page.get_by_role("button", name="看进度").click()
    expect(page.locator("#survey")).to_have_text("您的评价：满意")
    assert Satisfaction.objects.get().score == 4
    assert page.evaluate(FAULTS) == []
    forgive(watched, "404")


@pytest.mark.parametrize("watched", [ENGLISH], indirect=True)
def test_an_unhappy_answer_reopens_it_in_english(ground: District, watched: Watched) -> None:
    case = closed_case(ground)
    page = opened(watched, case)
    told = re.sub("综合部门|001001第1网格|001001社区", "", page.locator("main").inner_text())
    assert not re.search("[\u4e00-\u9fff]", told), told
    page.get_by_label("Very dissatisfied").check()
    expect(page.locator("#survey-hint")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#survey")).to_contain_text("Taken up again")
    page.get_by_role("button", name="See how it goes").click()
    expect(page.locator("#found .state")).to_have_text("Filed")
    expect(page.locator("#survey")).to_have_text("Your answer: Very dissatisfied")
    case.refresh_from_db()
    assert (case.state, case.reopened) == ("filed", 1)
    forgive(watched, "404")


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_without_a_phone_the_page_says_why_it_is_not_judged(
    ground: District, watched: Watched
) -> None:
    page = opened(watched, closed_case(ground, phone=""), digits="")
    expect(page.locator("#found")).to_contain_text("没有留电话，不能在网上评价")
    expect(page.locator("#survey")).to_have_count(0)
    assert "lamp" not in page.locator("main").inner_text()


@on_phone
def test_a_lost_answer_is_asked_again_under_the_same_key(
    ground: District, watched: Watched
) -> None:
    page = opened(watched, closed_case(ground))
    keys: list[str] = []

    def lose_the_first(route: Any) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/survey", lose_the_first)
    page.get_by_label("非常满意").check()
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("#survey-wrong")).to_contain_text("不会重复提交")
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("#survey")).to_contain_text("谢谢您的评价")
    assert keys[0] == keys[1]
    assert Satisfaction.objects.count() == 1
    forgive(watched, "404", "ERR_FAILED", "Failed to load")
