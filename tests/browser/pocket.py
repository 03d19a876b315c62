"""A grid worker's phone in a pocket: a browser with a profile on disk, that can be killed, on a bad
line to the real service, with a clock of its own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from grids.models import User
from tests.browser.conftest import FLAGS
from tests.browser.residents import NO_WEBGL, PHONE
from tests.lossy import Line
from tests.pictures import picture
from tests.streams import Server

PASSWORD = "wangge-demo"
OUTBOX = "import('/static/patrols/outbox.js').then((it) => it.outbox.items.map(({state}) => state))"
TRACK = "import('/static/patrols/fixes.js').then((it) => it.track.waiting)"
PLENTY = {
    f"WANGGE_{name}_PER_MINUTE": "1000000000" for name in ("PHOTOS", "LOOKUPS", "REPORTS", "TOKENS")
}


@dataclass
class Pocket:
    """The phone. `error` is by how much its clock is wrong; `hours` have passed for everybody."""

    chromium: Browser
    line: Line
    folder: Path
    clock_file: Path
    error: timedelta = timedelta(0)
    passed_s: float = 0
    options: dict[str, Any] = field(default_factory=dict)
    has_map: bool = False
    has_own_clock: bool = True

    def __post_init__(self) -> None:
        self._context: BrowserContext | None = None
        self._page: Page | None = None
        self.is_offline = False
        self._photos = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.line.port}"

    @property
    def page(self) -> Page:
        assert self._page is not None
        return self._page

    @property
    def context(self) -> BrowserContext:
        assert self._context is not None
        return self._context

    def now(self) -> datetime:
        """The service's clock, which is right."""
        return datetime.now(UTC) + timedelta(seconds=self.passed_s)

    def open(self) -> None:
        """Start the browser on its profile, as after somebody tapped the page's icon."""
        launch: Any = self.chromium.browser_type.launch_persistent_context
        self._context = launch(
            self.folder,
            executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium",
            args=FLAGS,
            **{"locale": "zh-CN", **PHONE, **self.options},
        )
        if self.has_own_clock:
            self.context.clock.install(time=self.now() + self.error)
        if not self.has_map:
            self.context.add_init_script(NO_WEBGL)
        self.context.set_offline(self.is_offline)
        self._page = self.context.pages[0]

    def sign_in(self, user: User) -> None:
        """By the sign-in page, as a person does."""
        self.page.locator("[name=username]").fill(user.username)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("[name=password]").press("Enter")
        self.ready()

    def visit(self) -> None:
        self.page.goto(f"{self.base}/patrol/")

    def ready(self) -> None:
        expect(self.page.locator("#grid-name")).not_to_be_empty()
        expect(self.page.locator("#shift-go")).not_to_be_empty()

    def kept(self) -> None:
        """Wait until the service worker has what it needs to begin without a network."""
        self.page.evaluate("navigator.serviceWorker.ready.then((it) => it.active.state)")
        until(self.page, "caches.open('patrol-page').then((it) => it.match('/patrol/'))")

    def kill(self) -> None:
        """Every process of the browser at once, as a phone does that runs out of memory."""
        for pid in processes_of(self.folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while processes_of(self.folder):
            time.sleep(0.05)
        with contextlib.suppress(Exception):
            self.context.close()
        for lock in self.folder.glob("Singleton*"):
            lock.unlink()

    def close(self) -> None:
        if self._context is not None:
            self._context.close()

    def go_offline(self) -> None:
        self.is_offline = True
        self.context.set_offline(True)

    def go_online(self) -> None:
        self.is_offline = False
        self.context.set_offline(False)

    def let_pass(self, seconds: int) -> None:
        """For the phone and for the service alike."""
        self.passed_s += seconds
        self.clock_file.write_text(str(self.passed_s), encoding="ascii")
        self.page.clock.fast_forward(seconds * 1000)

    def stand(self, lon: float, lat: float, accuracy: float = 9) -> None:
        here: Any = {"longitude": lon, "latitude": lat, "accuracy": accuracy}
        self.context.set_geolocation(here)

    def photo(self) -> Any:
        """Another picture each time: no two of a walk are the same."""
        self._photos += 1
        raw = picture(320 + self._photos, 240)
        return {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": raw}

    def report(self, words: str, kind: str = "路灯不亮") -> None:
        self.page.set_input_files("#camera", self.photo())
        self.page.locator(".tile", has_text=kind).click()
        self.page.locator("#words").fill(words)
        self.page.locator("#send").click()
        expect(self.page.locator("#report")).to_be_hidden()

    def tick(self, name: str, *, photos: int = 0) -> None:
        self.page.locator("#spots").get_by_role("button", name=f"签到：{name}", exact=True).click()
        for _ in range(photos):
            self.page.set_input_files("#spot [name=photos]", self.photo())
        if photos:
            expect(self.page.locator("#spot .thumbs img")).to_have_count(photos)
        self.page.locator("#spot .primary").click()
        expect(self.page.locator("#spot")).to_be_hidden()

    def act(self, number: str, action: str, *photos: str) -> None:
        """Open a case of the list and do it, with a picture for each of those fields."""
        self.page.locator(f'#tasks [data-number="{number}"]').click()
        self.page.locator(f'[data-action="{action}"]').click()
        for name in photos:
            self.page.set_input_files(f"#task [name={name}]", self.photo())
        expect(self.page.locator("#task .thumbs img")).to_have_count(len(photos))
        self.page.locator("#task form .primary").click()
        expect(self.page.locator("#task")).to_be_hidden()

    def states(self) -> list[str]:
        found: list[str] = self.page.evaluate(OUTBOX)
        return found

    def send_all(self, seconds: float = 120) -> None:
        """Tap 现在发送 until nothing waits."""
        limit = time.monotonic() + seconds
        self.page.locator("#waiting").click()
        now = self.page.get_by_role("button", name="现在发送")
        while "waiting" in self.states() or self.page.evaluate(TRACK):
            assert time.monotonic() < limit, "it was not all sent"
            with contextlib.suppress(Exception):
                now.click(timeout=200)
            self.page.wait_for_timeout(100)
        self.page.locator("#queue .head button").click()


def until(page: Page, expression: str, seconds: float = 60) -> None:
    """Wait until what the expression promises is true."""
    limit = time.monotonic() + seconds
    while not page.evaluate(f"Promise.resolve({expression}).then(Boolean)"):
        assert time.monotonic() < limit, f"never true: {expression}"
        page.wait_for_timeout(50)


def processes_of(folder: Path) -> list[int]:
    """The processes of the browser whose profile lies in that folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return [pid for pid in found if pid != os.getpid()]


@contextmanager
def a_pocket(chromium: Browser, folder: Path, **more: Any) -> Iterator[Pocket]:
    """A phone, its line and the service on the database of the test."""
    clock = folder / "clock"
    clock.write_text("0", encoding="ascii")
    media = str(folder / "media")
    server = Server(WANGGE_TEST_CLOCK=str(clock), WANGGE_MEDIA_ROOT=media, **PLENTY)
    server.start()
    line = Line(server.port)
    pocket = Pocket(chromium, line, folder / "profile", clock, **more)
    try:
        pocket.open()
        yield pocket
    finally:
        pocket.close()
        line.close()
        server.stop()
