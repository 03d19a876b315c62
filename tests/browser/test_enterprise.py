"""The page of enterprises: the residents' engine, asked for what enterprises need."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect
from psycopg.types.range import Range

from incidents.models import Category, Channel, Contact, Report
from incidents.services import vault
from tests.browser.conftest import Watched
from tests.browser.residents import ENGLISH, FAULTS, number_of, on_phone
from tests.factories import District

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "91370212MA3C4D5E6A"


@pytest.fixture
def park(ground: District) -> District:
    Channel.objects.update_or_create(
        code="enterprise",
        defaults={"name": "企业", "name_en": "e", "datum": "wgs84", "is_open": True},
    )
    Category.objects.create(
        code="F0103", name="用工招聘", name_en="Hiring", kind="development", order=9,
        valid=Range(date(2020, 1, 1), None),
    )  # fmt: skip
    return ground


@on_phone
def test_an_enterprise_says_who_it_is_and_follows_its_matter(
    park: District, watched: Watched
) -> None:
    page = watched.page
    page.goto(f"{watched.base}/enterprise/")
    expect(page.locator("#title")).to_have_text("照片或材料")
    page.locator("#photo-next").click()
    page.get_by_role("button", name="定位").click()
    expect(page.locator("#told")).to_have_text("001001第1网格")
    page.locator("#place-use").click()
    expect(page.locator("#kinds")).to_be_hidden()
    expect(page.get_by_role("radio", name="路灯不亮")).to_have_count(0)
    page.get_by_role("radio", name="用工招聘").click()
    expect(page.locator("#send")).to_be_visible()
    assert page.evaluate(FAULTS) == []
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#organisation-wrong")).to_have_text("请写企业名称。")
    page.get_by_label("企业名称").fill("青岛某某科技有限公司")
    page.get_by_label("统一社会信用代码").fill(CODE[:-1] + "B")
    page.get_by_label("联系电话").fill("13987654321")
    page.get_by_label("联系人").fill("欧阳")
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#credit-wrong")).to_contain_text("请核对")
    watched.wrongs = [one for one in watched.wrongs if "400" not in one]
    page.get_by_label("统一社会信用代码").fill(CODE.lower())
    page.get_by_role("button", name="发送").click()
    number = number_of(page)
    report = Report.objects.get(number=number)
    assert (report.channel.code, report.kind) == ("enterprise", "development")
    told = vault.unseal(Contact.objects.get())
    assert told == vault.Reporter("欧阳", "13987654321", "青岛某某科技有限公司", CODE)
    assert page.evaluate("localStorage.getItem('wangge.report.sent')") is None
    page.get_by_role("link", name="查进度").click()
    page.get_by_label("手机号后四位").fill("4321")
    page.get_by_role("button", name="查看").click()
    expect(page.locator("#found")).to_contain_text("用工招聘")
    watched.wrongs = [one for one in watched.wrongs if "404" not in one]


@pytest.mark.parametrize("watched", [ENGLISH], indirect=True)
def test_it_is_all_there_in_english(park: District, watched: Watched) -> None:
    page = watched.page
    page.goto(f"{watched.base}/enterprise/#send")
    expect(page.get_by_label("Name of the enterprise")).to_be_visible()
    told = page.locator("main").inner_text() + page.locator("#title").inner_text()
    assert not re.search("[\u4e00-\u9fff]", told)


def test_a_desk_shows_the_steps_beside(park: District, watched: Watched) -> None:
    watched.page.goto(f"{watched.base}/enterprise/")
    expect(watched.page.locator(".side")).to_contain_text("企业办事、用工、融资")
