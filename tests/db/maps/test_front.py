"""Public tiles answered before Django: the same as the view's, and only what is public."""

import gzip
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from django.core.cache import cache
from django.db import connection, connections
from django.utils import timezone

from gis.ledger.services import tokens
from grids.models import Edition
from maps.models import ShapeSet
from maps.tiles import front, known
from maps.tiles.derive import derive
from maps.tiles.keep import Memory
from tests.factories import District, make_district
from tests.streams import run

pytestmark = pytest.mark.django_db(transaction=True)

ZXY = "10/854/401"
Headers = dict[str, str]


# It has no types.
_Communicator: Any = ApplicationCommunicator


@dataclass
class Answer:
    status: int
    headers: Headers
    content: bytes


@dataclass
class Site:
    """The front with Django behind it, and what went on to Django."""

    passed_on: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.django = get_asgi_application()
        self.front = front.TilesFirst(self._pass_on)
        # One thread, so that a test can let go of its connection.
        self.front.threads = ThreadPoolExecutor(1)

    async def _pass_on(self, scope: Any, receive: Any, send: Any) -> None:
        self.passed_on.append(scope["path"])
        await self.django(scope, receive, send)

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return run(_ask(self.front, path, method, headers))

    def by_view(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return run(_ask(self.django, path, method, headers))

    def in_thread(self, act: Any) -> Any:
        return self.front.threads.submit(act).result()


async def _ask(app: Any, path: str, method: str, headers: Headers) -> Answer:
    path, _, query = path.partition("?")
    named = {"host": "testserver", **{k.replace("_", "-"): v for k, v in headers.items()}}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in named.items()],
        "server": ("testserver", 80),
    }
    asked: Any = _Communicator(app, scope)
    await asked.send_input({"type": "http.request", "body": b""})
    start = await asked.receive_output(20)
    content, more = b"", True
    while more:
        part = await asked.receive_output(20)
        content, more = content + part.get("body", b""), part.get("more_body", False)
    await asked.wait(20)
    told = {k.decode().lower(): v.decode("latin-1") for k, v in start["headers"]}
    return Answer(start["status"], told, content)


@pytest.fixture
def town() -> District:
    cache.clear()
    known.forget()
    district = make_district()
    derive(district.now)
    derive(district.old)
    return district


@pytest.fixture
def site(town: District) -> Iterator[Site]:
    made = Site()
    yield made
    made.in_thread(connections.close_all)
    made.front.threads.shutdown()
    known.forget()


def path_of(town: District, *, edition: str = "2022", layer: str = "grids", more: str = "") -> str:
    return f"/tiles/{layer}/{ZXY}.mvt?place={town.place.code}&edition={edition}{more}"


def stamp_of(site: Site, town: District) -> str:
    document = site.by_view(f"/tiles/grids.json?place={town.place.code}").content.decode()
    return "&v=" + document.split("&v=")[1].split('"')[0]


SAID = ("content-type", "content-encoding", "etag", "x-edition", "cache-control")
KEPT = ("x-content-type-options", "x-frame-options", "referrer-policy", "content-length")


@pytest.mark.parametrize("layer", ["grids", "grid_labels", "regions", "region_labels"])
@pytest.mark.parametrize("stamped", [True, False])
@pytest.mark.parametrize("packed", ["gzip, deflate", "identity"])
def test_the_front_answers_as_the_view_does(
    town: District, site: Site, layer: str, stamped: bool, packed: str
) -> None:
    known_stamp = stamp_of(site, town) if layer == "grids" else "&v=other"
    path = path_of(town, layer=layer, more=known_stamp if stamped else "")
    site.get(path)
    assert site.passed_on == [path.partition("?")[0]]
    by_front = site.get(path, accept_encoding=packed)
    assert len(site.passed_on) == 1
    by_view = site.by_view(path, accept_encoding=packed)
    assert (by_front.status, by_front.content) == (200, by_view.content)
    assert by_front.content
    for name in (*SAID, *KEPT):
        assert by_front.headers.get(name) == by_view.headers.get(name), name
    same = {"accept_encoding": packed, "if_none_match": f'"x", W/{by_front.headers["etag"]}'}
    again, viewed = site.get(path, **same), site.by_view(path, **same)
    assert (again.status, again.content) == (viewed.status, viewed.content) == (304, b"")
    assert again.headers["etag"] == viewed.headers["etag"]
    assert len(site.passed_on) == 1


def test_what_memory_holds_needs_neither_redis_nor_postgis(
    town: District, site: Site, monkeypatch: Any
) -> None:
    path = path_of(town)
    site.get(path)
    first = site.get(path)

    def broken(_asked: Any) -> None:
        raise AssertionError("asked although memory has it")

    monkeypatch.setattr(front, "_fetch", broken)
    assert site.get(path).content == first.content


UNUSUAL = [
    ("POST", "", {}),
    ("HEAD", "", {}),
    ("GET", "&size=2", {}),
    ("GET", "&place=370299", {}),
    ("GET", "&v=%00", {}),
    ("GET", "&v=%ff", {}),
    ("GET", "", {"host": "bad_host!"}),
    ("GET", "", {"if_match": '"x"'}),
    ("GET", "", {"authorization": "Bearer nonsense"}),
]


@pytest.mark.parametrize(("method", "more", "headers"), UNUSUAL)
def test_what_is_unusual_goes_on_to_the_view(
    town: District, site: Site, method: str, more: str, headers: Headers
) -> None:
    site.get(path_of(town))
    before = len(site.passed_on)
    answer = site.get(path_of(town, more=more), method, **headers)
    assert len(site.passed_on) == before + 1
    viewed = site.by_view(path_of(town, more=more), method, **headers)
    assert (answer.status, answer.content) == (viewed.status, viewed.content)


@pytest.mark.parametrize("zxy", ["10/1024/401", "23/1/1", "10/854/999999999"])
def test_a_bad_address_is_told_by_the_view(town: District, site: Site, zxy: str) -> None:
    site.get(path_of(town))
    answer = site.get(path_of(town).replace(ZXY, zxy))
    assert answer.status == 400
    assert b"errors" in answer.content


def test_a_place_is_never_given_anothers_tile(town: District, site: Site) -> None:
    """Two places with editions of one name, and both tiles in memory."""
    other = make_district("370298", west=120.42)
    derive(other.now)
    for _ in range(3):
        mine, theirs = site.get(path_of(town)), site.get(path_of(other))
        assert town.place.code.encode() in mine.content
        assert other.place.code.encode() not in mine.content
        assert other.place.code.encode() in theirs.content
        assert town.place.code.encode() not in theirs.content


def test_nothing_is_answered_once_nothing_is_public(
    town: District, site: Site, settings: Any
) -> None:
    site.get(path_of(town))
    assert site.get(path_of(town)).status == 200
    settings.PUBLIC_READS = False
    assert site.get(path_of(town)).status == 401


def test_a_plan_is_never_learnt(town: District, site: Site) -> None:
    """Its planner sees it, and the public next in line does not."""
    Edition.objects.filter(pk=town.draft.pk).update(digest="planned")
    derive(town.draft)
    raw, _until = tokens.issue(user=town.users["planner"], now=timezone.now())
    path = path_of(town, edition=town.draft.name)
    mine = site.get(path, authorization=f"Bearer {raw}")
    assert mine.status == 200
    assert mine.headers["cache-control"] == "private, no-cache"
    assert site.get(path).status == 404


def test_the_edition_in_force_is_asked_of_the_database_each_time(
    town: District, site: Site
) -> None:
    path = path_of(town).replace("&edition=2022", "")
    for _ in range(3):
        assert site.get(path).headers["x-edition"] == "2022"
    assert len(site.passed_on) == 3


def test_what_was_learnt_is_forgotten_after_a_minute(
    town: District, site: Site, monkeypatch: Any
) -> None:
    site.get(path_of(town))
    later = time.monotonic() + known.FRESH_S + 1
    monkeypatch.setattr("maps.tiles.known.time.monotonic", lambda: later)
    site.get(path_of(town))
    assert len(site.passed_on) == 2


def test_shapes_that_are_gone_lead_back_to_the_view(town: District, site: Site) -> None:
    first = site.get(path_of(town))
    ShapeSet.objects.all().delete()
    cache.clear()
    answer = site.get(path_of(town))
    assert len(site.passed_on) == 2
    assert answer.status == 200
    assert answer.headers["etag"] != first.headers["etag"]


def test_a_connection_that_was_cut_costs_no_tile(town: District, site: Site) -> None:
    near = path_of(town).replace(ZXY, "14/13672/6425")
    site.get(near)
    pid = site.in_thread(_backend)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert site.get(near).status == 200
    assert len(site.passed_on) == 2
    known.forget()
    site.get(near)
    site.front.memory.clear()
    assert site.get(near).status == 200
    assert len(site.passed_on) == 3
    assert site.in_thread(_backend) != pid


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_without_redis_tiles_are_drawn_all_the_same(
    town: District, site: Site, settings: Any
) -> None:
    path = path_of(town)
    content = site.get(path).content
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/redis.sock?db=0",
        }
    }
    site.front.memory.clear()
    answer = site.get(path)
    assert (answer.status, answer.content) == (200, content)
    assert len(site.passed_on) == 1


def test_memory_drops_what_was_used_longest_ago() -> None:
    memory = Memory(10)
    memory.put("a", b"aaaa")
    memory.put("b", b"bbbb")
    assert memory.get("a") == b"aaaa"
    memory.put("c", b"cccc")
    assert [memory.get(key) for key in "abc"] == [b"aaaa", None, b"cccc"]
    memory.put("d", b"d" * 11)
    assert [memory.get(key) for key in "acd"] == [None, None, None]
    memory.put("e", gzip.compress(b""))
    memory.clear()
    assert memory.get("e") is None
