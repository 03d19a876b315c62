"""The phone of a grid worker: from the cache, and what is written offline arrives once."""

import gzip
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from gis.ledger.models import Attachment
from grids.choices import Role
from incidents.models import Category, Report
from tests.browser.conftest import Watched
from tests.browser.residents import ENGLISH, FAULTS, NO_WEBGL, PHONE, forgive
from tests.factories import CELL, WEST, District, make_post, make_user
from tests.loop import make_case, worker_channel
from tests.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
on_phone = pytest.mark.parametrize("watched", [PHONE], indirect=True)
READY = "navigator.serviceWorker.ready.then((it) => it.active.state)"
MOST_BYTES = 1_500_000


@pytest.fixture
def round_(ground: District, watched: Watched) -> Page:
    """The phone of the worker of cell (0, 0), standing in the middle of it."""
    worker_channel()
    watched.sign_in(ground.users["worker"])
    watched.page.goto(f"{watched.base}/patrol/")
    expect(watched.page.locator("#grid-name")).to_have_text(ground.cell(0, 0).name)
    watched.settle()
    return watched.page


def kept(page: Page) -> None:
    """Wait until the service worker has the shell, the page included."""
    page.evaluate(READY)
    until(page, "caches.open('patrol-page').then((it) => it.match('/patrol/')).then(Boolean)")
    until(page, "Boolean(navigator.serviceWorker.controller)")


def until(page: Page, expression: str) -> None:
    """Wait until what the expression promises is true."""
    for _ in range(300):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never true: {expression}")


def write_report(page: Page, words: str = "") -> None:
    page.set_input_files(
        "#camera", {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": picture(900, 600)}
    )
    expect(page.locator("#report-title")).to_be_visible()
    expect(page.locator("#report .place-said")).to_contain_text("001001第1网格")
    page.locator(".tile", has_text="路灯不亮").click()
    if words:
        page.locator("#words").fill(words)
    page.locator("#send").click()
    expect(page.locator("#report")).to_be_hidden()


def sent(page: Page, count: int = 1) -> None:
    page.locator("#waiting").click()
    expect(page.locator("#queue .sent")).to_have_count(count)
    expect(page.locator("#waiting")).to_have_text("待发 0")


def again(context: BrowserContext, base: str) -> Page:
    """Another tab, as after the system has killed the first one."""
    page = context.new_page()
    page.goto(f"{base}/patrol/")
    expect(page.locator("#grid-name")).not_to_be_empty()
    return page


@on_phone
def test_it_starts_again_without_any_network(
    ground: District, round_: Page, watched: Watched
) -> None:
    make_case(ground, description="楼道灯坏了")
    round_.reload()
    expect(round_.locator("#tasks .act")).to_have_count(1)
    kept(round_)
    watched.page.context.set_offline(True)
    round_.reload()
    expect(round_.locator("#grid-name")).to_have_text(ground.cell(0, 0).name)
    watched.settle()
    expect(round_.locator("#net-said")).to_have_text("无网络")
    expect(round_.locator("#tasks .act")).to_have_count(1)
    round_.locator("#tasks .act").click()
    expect(round_.locator("#task")).to_contain_text("楼道灯坏了")
    forgive(watched, "ERR_INTERNET_DISCONNECTED", "Failed to fetch")


@on_phone
def test_what_is_reported_offline_survives_a_killed_tab_and_arrives_once(
    ground: District, round_: Page, watched: Watched
) -> None:
    kept(round_)
    context = watched.page.context
    context.set_offline(True)
    write_report(round_, "楼下的灯不亮")
    expect(round_.locator("#waiting")).to_have_text("待发 1")
    round_.close()
    page = again(context, watched.base)
    expect(page.locator("#waiting")).to_have_text("待发 1")
    assert not Report.objects.exists()
    context.set_offline(False)
    sent(page)
    report = Report.objects.get()
    assert (report.description, report.channel.code) == ("楼下的灯不亮", "worker")
    assert report.sent_by == ground.users["worker"]
    assert report.incident.grid == ground.cell(0, 0)
    assert report.photos.count() == Attachment.objects.count() == 1
    forgive(watched, "ERR_INTERNET_DISCONNECTED", "Failed to fetch")


@on_phone
def test_a_lost_answer_does_not_make_a_second_report(
    ground: District, round_: Page, watched: Watched
) -> None:
    kept(round_)
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().json()["number"])
        route.abort()

    watched.page.context.route("**/api/v1/reports", lose)
    write_report(round_)
    for _ in range(300):
        round_.wait_for_timeout(0 if lost else 100)
    assert Report.objects.count() == 1
    round_.close()
    watched.page.context.unroute("**/api/v1/reports")
    page = again(watched.page.context, watched.base)
    sent(page)
    assert Report.objects.get().number == lost[0]
    forgive(watched, "ERR_FAILED")


@on_phone
def test_many_go_out_oldest_first_and_each_once(
    ground: District, round_: Page, watched: Watched
) -> None:
    kept(round_)
    watched.page.context.set_offline(True)
    for number in range(5):
        write_report(round_, f"第{number}件")
    expect(round_.locator("#waiting")).to_have_text("待发 5")
    other = again(watched.page.context, watched.base)
    watched.page.context.set_offline(False)
    sent(other, 5)
    words = list(Report.objects.order_by("pk").values_list("description", flat=True))
    assert words == [f"第{number}件" for number in range(5)]
    forgive(watched, "ERR_INTERNET_DISCONNECTED", "Failed to fetch")


@on_phone
def test_what_is_refused_is_told_and_can_be_mended(
    ground: District, round_: Page, watched: Watched
) -> None:
    kept(round_)
    watched.page.context.set_offline(True)
    write_report(round_, "灯不亮")
    Category.objects.filter(code="B0112").delete()
    watched.page.context.set_offline(False)
    round_.locator("#waiting").click()
    expect(round_.locator("#queue .failed")).to_contain_text("没有这个类别")
    assert not Report.objects.exists()
    round_.get_by_role("button", name="修改").click()
    expect(round_.locator("#report-title")).to_have_text("修改后再报")
    expect(round_.locator("#words")).to_have_value("灯不亮")
    round_.reload()
    round_.locator(".tile", has_text="台阶破损").click()
    round_.locator("#send").click()
    sent(round_)
    report = Report.objects.get()
    assert (report.category and report.category.code, report.description) == ("B0202", "灯不亮")
    assert report.photos.count() == 1
    forgive(watched, "ERR_INTERNET_DISCONNECTED", "Failed to fetch", "400")


@on_phone
def test_another_account_does_not_send_what_waits(
    ground: District, round_: Page, watched: Watched
) -> None:
    kept(round_)
    watched.page.context.set_offline(True)
    write_report(round_, "我写的")
    watched.page.context.clear_cookies(name="sessionid")
    watched.page.context.set_offline(False)
    expect(round_.locator("#band")).to_contain_text("重新登录")
    other = make_user("other", ground.place)
    make_post(other, Role.WORKER, grid=ground.cell(1, 0))
    watched.sign_in(other)
    theirs = again(watched.page.context, watched.base)
    expect(theirs.locator("#grid-name")).to_have_text(ground.cell(1, 0).name)
    expect(theirs.locator("#band")).to_contain_text("另有 1 件是别的账号的")
    expect(theirs.locator("#waiting")).to_have_text("待发 0")
    assert not Report.objects.exists()
    watched.sign_in(ground.users["worker"])
    page = again(watched.page.context, watched.base)
    sent(page)
    assert Report.objects.get().sent_by == ground.users["worker"]
    forgive(watched, "ERR_INTERNET_DISCONNECTED", "Failed to fetch", "401")


@on_phone
def test_a_task_is_done_offline_and_goes_out(
    ground: District, round_: Page, watched: Watched
) -> None:
    case = make_case(ground, description="楼道灯坏了")
    round_.reload()
    expect(round_.locator("#tasks .act")).to_have_count(1)
    kept(round_)
    watched.page.context.set_offline(True)
    round_.locator("#tasks .act").click()
    round_.locator('[data-action="verify"]').click()
    round_.locator("#task textarea").fill("去看过了，属实")
    round_.locator("#task form .primary").click()
    expect(round_.locator("#tasks")).to_contain_text("等待发送")
    watched.page.context.set_offline(False)
    sent(round_)
    case.refresh_from_db()
    assert case.state == "verified"
    forgive(watched, "ERR_INTERNET_DISCONNECTED", "Failed to fetch")


@on_phone
def test_leaving_the_grid_is_said_no_surer_than_the_position_is(
    ground: District, round_: Page, watched: Watched
) -> None:
    where = round_.locator("#fix-said")
    expect(where).to_contain_text("在本网格内，误差约 12 米")
    edge: Any = {"longitude": WEST + CELL + 0.0001, "latitude": 36.065, "accuracy": 60}
    watched.page.context.set_geolocation(edge)
    expect(where).to_contain_text("在网格边界附近")
    far: Any = {"longitude": WEST + 1.5 * CELL, "latitude": 36.065, "accuracy": 12}
    watched.page.context.set_geolocation(far)
    expect(round_.locator("#grid-sub")).to_contain_text("已离开本网格 4")
    expect(round_.locator("#grid-sub")).to_contain_text("现在在 001001第")


@pytest.mark.parametrize("watched", [{**PHONE, "service_workers": "block"}], indirect=True)
def test_without_webgl_a_list_serves(ground: District, watched: Watched) -> None:
    watched.page.add_init_script(NO_WEBGL)
    watched.sign_in(ground.users["worker"])
    watched.page.goto(f"{watched.base}/patrol/")
    expect(watched.page.locator("#map")).to_be_hidden()
    expect(watched.page.locator("#stations li")).to_have_count(2)
    expect(watched.page.locator("#shift-go")).to_be_visible()
    assert watched.page.evaluate(FAULTS) == []
    forgive(watched, "blocked by Playwright")


@on_phone
def test_the_first_load_is_small(ground: District, watched: Watched) -> None:
    """As nginx sends it: text is compressed, each file once."""
    bodies: dict[str, int] = {}

    def weigh(response: Any) -> None:
        if response.status == 200 and response.url.startswith("http"):
            kind = response.headers.get("content-type", "")
            raw = response.body()
            packed = "text" in kind or "json" in kind or "javascript" in kind
            bodies[response.url] = len(gzip.compress(raw, 1) if packed else raw)

    asked: list[Any] = []
    watched.page.on("response", lambda response: asked.append(response))
    watched.sign_in(ground.users["worker"])
    watched.page.goto(f"{watched.base}/patrol/")
    watched.settle()
    for response in asked:
        weigh(response)
    assert len(bodies) > 25
    assert sum(bodies.values()) <= MOST_BYTES


@pytest.mark.parametrize("watched", [PHONE, ENGLISH], indirect=True)
def test_it_can_be_used_by_everybody(ground: District, watched: Watched) -> None:
    make_case(ground, description="楼道灯坏了")
    worker_channel()
    watched.sign_in(ground.users["worker"])
    page = watched.page
    page.goto(f"{watched.base}/patrol/")
    expect(page.locator("#tasks .act")).to_have_count(1)
    watched.settle()
    assert page.evaluate(FAULTS) == []
    page.locator("#handle").click()
    assert page.evaluate(FAULTS) == []
    for panel in ("report", "queue"):
        page.goto(f"{watched.base}/patrol/#{panel}")
        expect(page.locator(f"#{panel}-title")).to_be_visible()
        assert page.evaluate(FAULTS) == []


@on_phone
def test_whoever_is_no_worker_is_told_so(ground: District, watched: Watched) -> None:
    watched.sign_in(ground.users["centre"])
    watched.page.goto(f"{watched.base}/patrol/")
    expect(watched.page.locator("h1")).to_have_text("这一页给网格员用")
    forgive(watched, "403")


@on_phone
def test_a_track_waits_for_its_shift_and_is_told_what_is_unknown(
    ground: District, round_: Page, watched: Watched
) -> None:
    """The order and the bodies of what is sent; what becomes of them is the service's own."""
    sent: list[tuple[str, Any]] = []

    def answer(route: Route) -> None:
        path = route.request.url.partition("/patrols/")[2]
        body: Any = route.request.post_data_json
        sent.append((path, body))
        told: dict[str, Any] = {"id": 7}
        if path == "fixes":
            known = sum(one == "fixes" for one, _ in sent) > 1
            refused = [{"sequence": row["sequence"], "reason": "shift_unknown"} for row in body]
            told = {
                "stored": len(body) if known else 0,
                "duplicates": 0,
                "refused": [] if known else refused,
            }
        route.fulfill(status=201, json=told)

    watched.page.context.route("**/api/v1/patrols/shifts**", answer)
    watched.page.context.route("**/api/v1/patrols/shifts/**", answer)
    watched.page.context.route("**/api/v1/patrols/fixes", answer)
    kept(round_)
    watched.page.context.set_offline(True)
    round_.locator("#handle").click()
    round_.locator("#shift-go").click()
    expect(round_.locator("#shift-said")).to_contain_text("在岗")
    here: Any = {"longitude": WEST + CELL / 3, "latitude": 36.065, "accuracy": 9}
    watched.page.context.set_geolocation(here)
    count = "import('/static/patrols/fixes.js')"
    until(round_, f"{count}.then((it) => it.track.waiting > 0)")
    round_.close()
    watched.page.context.set_offline(False)
    page = again(watched.page.context, watched.base)
    expect(page.locator("#shift-said")).to_contain_text("在岗")
    page.locator("#handle").click()
    page.locator("#shift-go").click()
    expect(page.locator("#shift-said")).to_have_text("未上岗")
    until(page, f"{count}.then((it) => it.track.waiting === 0)")
    paths = [path for path, _ in sent]
    assert paths[0] == "shifts"
    assert paths.index("shifts") < paths.index("fixes")
    assert "shifts/7/end" in paths
    fixes = [body for path, body in sent if path == "fixes"]
    assert fixes[0][0]["datum"] == "wgs84"
    assert fixes[0][0]["device"] == sent[0][1]["device"]
    # The same row under the same number, until it is taken.
    assert fixes[0][0] == fixes[1][0]
    forgive(watched, "ERR_INTERNET_DISCONNECTED", "Failed to fetch")


@on_phone
def test_signing_out_leaves_only_what_has_yet_to_be_sent(
    ground: District, round_: Page, watched: Watched
) -> None:
    kept(round_)
    round_.route("**/api/v1/reports", lambda route: route.abort())
    write_report(round_, "还没发的")
    expect(round_.locator("#waiting")).to_have_text("待发 1")
    round_.locator("#handle").click()
    round_.get_by_role("button", name="退出登录").click()
    round_.wait_for_url(lambda url: "/patrol/" not in url)
    assert round_.evaluate("caches.has('patrol-page')") is False
    watched.sign_in(ground.users["worker"])
    page = again(watched.page.context, watched.base)
    sent(page)
    assert Report.objects.get().description == "还没发的"
    forgive(watched, "ERR_FAILED", "ERR_ABORTED", "Failed to fetch")


@on_phone
def test_a_start_that_was_refused_and_discarded_was_none(
    ground: District, round_: Page, watched: Watched
) -> None:
    reason = {"field": None, "code": "x", "message": "时间不对。", "message_en": "Wrong time."}
    round_.route(
        "**/api/v1/patrols/shifts",
        lambda route: route.fulfill(status=400, json={"errors": [reason]}),
    )
    round_.locator("#handle").click()
    round_.locator("#shift-go").click()
    expect(round_.locator("#shift-said")).to_have_text("上岗没被接受")
    round_.locator("#waiting").click()
    expect(round_.locator("#queue .failed")).to_contain_text("时间不对。")
    round_.wait_for_timeout(10_000)
    round_.get_by_role("button", name="丢弃").click()
    round_.get_by_role("button", name="确实丢弃").click()
    expect(round_.locator("#shift-said")).to_have_text("未上岗")
    expect(round_.locator("#waiting")).to_have_text("待发 0")
    forgive(watched, "400")
