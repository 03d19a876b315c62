"""A real Chromium on a live server; what it logs, asks elsewhere or is refused fails the test."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.gis.geos import Point
from django.test import Client
from playwright.sync_api import Browser, Page, Request, Response, expect, sync_playwright
from psycopg.types.range import Range
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from grids.models import NamedPlace, User
from incidents.models import Category, Channel
from tests.factories import CELL, SOUTH, WEST, District, make_district

# Playwright keeps an event loop on this thread, and Django refuses synchronous queries beside one.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Watched:
    """A page, and everything about it that should not have been."""

    page: Page
    base: str
    wrongs: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    flying: set[Request] = field(default_factory=set)

    def open(self, path: str) -> Page:
        """Go there and wait until the map stands still."""
        self.page.goto(f"{self.base}{path}")
        self.settle()
        return self.page

    def sign_in(self, user: User) -> None:
        """As the sign-in page would have left the browser."""
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        self.page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": self.base}]
        )

    def settle(self) -> None:
        self.page.wait_for_selector('#map[aria-busy="false"]')

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)
        where = urlsplit(request.url)
        if where.scheme in {"http", "https"} and where.netloc != urlsplit(self.base).netloc:
            self.wrongs.append(f"asked another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.wrongs.append(f"{response.status} {response.url}")

    def land(self) -> None:
        """Wait for what is on its way: tables are emptied next, and nobody may be reading them."""
        for _ in range(100):
            if not self.flying:
                return
            self.page.context.pages[0].wait_for_timeout(50)

    def _flies(self, request: Request) -> None:
        # A stream stays open until the page is closed.
        if request.resource_type != "eventsource":
            self.flying.add(request)

    def _landed(self, request: Request) -> None:
        self.flying.discard(request)

    def watch(self) -> None:
        context = self.page.context
        context.on("request", self._flies)
        context.on("requestfinished", self._landed)
        context.on("requestfailed", self._landed)
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", lambda said: self._said(said.type, said.text))
        self.page.on("pageerror", lambda error: self.wrongs.append(str(error)))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def _said(self, kind: str, text: str) -> None:
        # The software renderer of a machine without a graphics card warns of its own slowness.
        if kind == "error" or (kind == "warning" and "GPU stall" not in text):
            self.wrongs.append(f"{kind}: {text}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail("没有找到 Chromium：apt install chromium，或设 CHROMIUM (no Chromium found)")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def watched(
    chromium: Browser, live_server: LiveServer, request: pytest.FixtureRequest
) -> Iterator[Watched]:
    """A fresh desktop page in Chinese; `@pytest.mark.parametrize("watched", [{…}], indirect=True)`
    gives the context other options."""
    options = {
        "viewport": {"width": 1280, "height": 800},
        "locale": "zh-CN",
        **getattr(request, "param", {}),
    }
    context = chromium.new_context(**options)
    seen = Watched(context.new_page(), live_server.url)
    seen.watch()
    yield seen
    if context.pages:
        seen.land()
    context.close()
    assert seen.wrongs == []


@pytest.fixture
def ground(transactional_db: None, settings: Settings, tmp_path: Path) -> District:
    """A district that takes reports: a channel, three categories, and a name in its first grid."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.LOOKUPS_PER_MINUTE = 10**9
    Channel.objects.update_or_create(
        code="resident",
        defaults={"name": "居民", "name_en": "r", "datum": "wgs84", "is_open": True},
    )
    Category.objects.all().delete()
    for order, (code, name, name_en, kind) in enumerate(
        [
            ("B0112", "路灯不亮", "Street light out", "livelihood"),
            ("B0202", "台阶破损", "Step broken", "livelihood"),
            ("S0501", "占道经营", "Street trading", "enforcement"),
        ]
    ):
        Category.objects.create(
            code=code, name=name, name_en=name_en, kind=kind, order=order,
            valid=Range(date(2020, 1, 1), None),
        )  # fmt: skip
    district = make_district()
    NamedPlace.objects.create(
        place=district.place,
        name="东海小学",
        position=Point(WEST + CELL / 2, SOUTH + CELL / 2, srid=4326),
        accuracy_m=20,
    )
    return district
