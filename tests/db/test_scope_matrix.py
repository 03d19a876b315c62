"""Every route × every role; a route that is not in the table fails: say who may reach it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from grids.choices import Role
from tests.factories import CELL, SOUTH, WEST, District, make_district

OTHER = "370298"
POINT = {"lon": WEST + CELL / 2, "lat": SOUTH + CELL / 2, "datum": "wgs84"}
ROLES = [str(role) for role in Role]
DESK_ROLES = ("admin", "centre", "subdistrict", "community", "handler", "leader")


@dataclass(frozen=True)
class Route:
    """How a route is asked, and what it answers: to the public where territory is public and where
    it is not, to every role, and to a member of another place who names this one. With `only`, the
    roles that may; the others are answered 403.
    """

    path: str
    public: int
    private: int
    member: int
    foreign: int | None = None
    query: dict[str, Any] | None = None
    post: Any = None
    only: tuple[str, ...] = ()

    def of(self, role: str) -> int:
        """What a member with that role is answered."""
        return self.member if not self.only or role in self.only else 403


READ: dict[str, Any] = {"public": 200, "private": 401, "member": 200, "foreign": 404}
SIGNED: dict[str, Any] = {"public": 401, "private": 401, "member": 200, "foreign": 404}
OPEN: dict[str, Any] = {"public": 200, "private": 200, "member": 200}
ROUTES = {
    "api/v1/locate": Route("/api/v1/locate", **READ, query=POINT),
    "api/v1/grids": Route("/api/v1/grids", **READ),
    "api/v1/regions": Route("/api/v1/regions", **READ),
    "api/v1/stations": Route("/api/v1/stations", **READ),
    "api/v1/editions": Route("/api/v1/editions", **READ),
    "api/v1/editions/<str:name>/lineage": Route("/api/v1/editions/2022/lineage", **READ),
    "api/v1/me": Route("/api/v1/me", public=401, private=401, member=200),
    "api/v1/reports": Route("/api/v1/reports", public=400, private=400, member=400, post={}),
    "api/v1/reports/nearby": Route("/api/v1/reports/nearby", **OPEN, query=POINT),
    "api/v1/reports/<str:number>": Route(
        "/api/v1/reports/R261123-0000000000AB", public=404, private=404, member=404, post={}
    ),
    "api/v1/reports/<str:number>/survey": Route(
        "/api/v1/reports/R261123-0000000000AB/survey",
        public=404,
        private=404,
        member=404,
        post={"digits": "1234", "score": 5},
    ),
    "api/v1/reports/<str:number>/photos/<uuid:photo>": Route(
        "/api/v1/reports/R261123-0000000000AB/photos/00000000-0000-4000-8000-000000000000",
        public=404,
        private=404,
        member=404,
    ),
    "api/v1/addresses": Route("/api/v1/addresses", **OPEN, query={"address": "001001社区"}),
    "api/v1/photos": Route("/api/v1/photos", public=415, private=415, member=415, post={}),
    "api/v1/photos/<uuid:photo>": Route(
        "/api/v1/photos/00000000-0000-4000-8000-000000000000", public=401, private=401, member=404
    ),
    "api/v1/incidents": Route(
        "/api/v1/incidents", public=401, private=401, member=200, foreign=404
    ),
    "api/v1/incidents/<str:number>": Route(
        "/api/v1/incidents/20221102-000001", public=401, private=401, member=404
    ),
    "api/v1/incidents/<str:number>/contacts": Route(
        "/api/v1/incidents/20221102-000001/contacts",
        public=401,
        private=401,
        member=400,
        post={},
    ),
    "api/v1/incidents/<str:number>/duplicates": Route(
        "/api/v1/incidents/20221102-000001/duplicates", public=401, private=401, member=404
    ),
    "api/v1/incidents/<str:number>/not-duplicates": Route(
        "/api/v1/incidents/20221102-000001/not-duplicates",
        public=401,
        private=401,
        member=404,
        post={},
    ),
    # There is no such case; who may do what is walked by the tests of the loop.
    "api/v1/incidents/<str:number>/actions/<str:action>": Route(
        "/api/v1/incidents/20221102-000001/actions/file",
        public=401,
        private=401,
        member=404,
        post={},
    ),
    "api/v1/queue": Route("/api/v1/queue", **SIGNED),
    "api/v1/filters": Route("/api/v1/filters", public=401, private=401, member=200),
    "api/v1/filters/<int:pk>": Route("/api/v1/filters/1", public=401, private=401, member=405),
    "api/v1/patrols/coverage": Route("/api/v1/patrols/coverage", **SIGNED),
    # Whoever answers for no ground and walks none is told so.
    "api/v1/patrols/nearest": Route(
        "/api/v1/patrols/nearest",
        **SIGNED,
        query=POINT,
        only=("centre", "subdistrict", "community", "grid_head", "worker"),
    ),
    "api/v1/patrols/positions": Route(
        "/api/v1/patrols/positions",
        **SIGNED,
        only=("centre", "subdistrict", "community", "grid_head", "worker"),
    ),
    "api/v1/patrols/alerts": Route(
        "/api/v1/patrols/alerts",
        **SIGNED,
        only=("centre", "subdistrict", "community", "grid_head", "worker"),
    ),
    # A note is missing; who may acknowledge which is walked by the tests of alerts.
    "api/v1/patrols/alerts/<int:pk>/acknowledge": Route(
        "/api/v1/patrols/alerts/1/acknowledge", public=401, private=401, member=422, post={}
    ),
    "api/v1/patrols/mine": Route(
        "/api/v1/patrols/mine", public=401, private=401, member=200, only=("worker",)
    ),
    # Nobody of that name: whose track who may see is walked by the tests of patrols.
    "api/v1/patrols/tracks": Route(
        "/api/v1/patrols/tracks", public=401, private=401, member=404, query={"worker": "nobody"}
    ),
    "api/v1/patrols/shifts": Route("/api/v1/patrols/shifts", public=401, private=401, member=200),
    "api/v1/patrols/shifts/<int:pk>/end": Route(
        "/api/v1/patrols/shifts/1/end", public=401, private=401, member=404, post={}
    ),
    "api/v1/patrols/fixes": Route(
        "/api/v1/patrols/fixes", public=401, private=401, member=200, post=[]
    ),
    "api/v1/patrols/filtered": Route(
        "/api/v1/patrols/filtered", public=401, private=401, member=200
    ),
    # It is no GPX; what is one is walked by the tests of patrols.
    "api/v1/patrols/gpx": Route(
        "/api/v1/patrols/gpx", public=401, private=401, member=400, post={}
    ),
    # No account: a secret of the tracker's own says whose it is.
    "api/v1/patrols/trackers/osmand": Route(
        "/api/v1/patrols/trackers/osmand", public=401, private=401, member=401
    ),
    "api/v1/patrols/trackers/owntracks": Route(
        "/api/v1/patrols/trackers/owntracks", public=401, private=401, member=401, post={}
    ),
    "api/v1/patrols/spots": Route("/api/v1/patrols/spots", **SIGNED),
    "api/v1/patrols/spots.csv": Route("/api/v1/patrols/spots.csv", **SIGNED),
    "api/v1/patrols/spots.xlsx": Route("/api/v1/patrols/spots.xlsx", **SIGNED),
    # There is no such grid; whose ground it is is walked by the tests of staleness.
    "api/v1/patrols/staleness": Route(
        "/api/v1/patrols/staleness",
        public=401,
        private=401,
        member=404,
        query={"grid": "370299009009009"},
    ),
    "api/v1/patrols/staleness/grids": Route("/api/v1/patrols/staleness/grids", **SIGNED),
    "api/v1/patrols/staleness/mine": Route(
        "/api/v1/patrols/staleness/mine", public=401, private=401, member=200, only=("worker",)
    ),
    # Nobody is on duty here; what a worker on duty is told is walked by its own tests.
    "api/v1/patrols/next": Route(
        "/api/v1/patrols/next", public=401, private=401, member=409, query=POINT, only=("worker",)
    ),
    # There is no such place; who may record a visit is walked by the tests of visits.
    "api/v1/patrols/routes": Route("/api/v1/patrols/routes", **SIGNED),
    "api/v1/patrols/visits": Route(
        "/api/v1/patrols/visits", public=401, private=401, member=404, query={"spot": "1"}
    ),
    "api/v1/wall": Route("/api/v1/wall", **SIGNED),
    "api/v1/wall/days": Route("/api/v1/wall/days", **SIGNED),
    "api/v1/wall/coverage": Route("/api/v1/wall/coverage", **SIGNED),
    "api/v1/wall/staleness": Route("/api/v1/wall/staleness", **SIGNED),
    "api/v1/wall/coverage.csv": Route("/api/v1/wall/coverage.csv", **SIGNED),
    "api/v1/wall/coverage.xlsx": Route("/api/v1/wall/coverage.xlsx", **SIGNED),
    "api/v1/clearance": Route("/api/v1/clearance", **SIGNED),
    "api/v1/density": Route("/api/v1/density", **SIGNED),
    "api/v1/grid-counts": Route("/api/v1/grid-counts", **SIGNED),
    "api/v1/assessment": Route("/api/v1/assessment", **SIGNED),
    "api/v1/assessment.csv": Route("/api/v1/assessment.csv", **SIGNED),
    "api/v1/assessment.xlsx": Route("/api/v1/assessment.xlsx", **SIGNED),
    # A test client does not keep it open: it answers with what there is.
    "api/v1/stream": Route("/api/v1/stream", public=401, private=401, member=200, foreign=404),
    "api/v1/categories": Route("/api/v1/categories", **OPEN),
    "api/v1/channels": Route(
        "/api/v1/channels", public=401, private=401, member=200, only=("admin", "centre")
    ),
    # Nobody signed it: who may send is said by a key, not by an account.
    "api/v1/channels/<str:channel>/webhook": Route(
        "/api/v1/channels/hotline/webhook", public=401, private=401, member=401, post={}
    ),
    "api/v1/token": Route("/api/v1/token", public=400, private=400, member=400, post={}),
    "api/schema": Route("/api/schema", **OPEN),
    "api/docs": Route("/api/docs", **OPEN),
    # No demo is loaded here, so that the whole is unwell; anybody may know that.
    "healthz": Route("/healthz", public=503, private=503, member=503),
    "": Route("/", public=302, private=302, member=302),
    "map/": Route("/map/", public=200, private=302, member=200, foreign=404),
    "assessment/": Route("/assessment/", public=302, private=302, member=200, foreign=404),
    "assessment/notices/": Route(
        "/assessment/notices/", public=302, private=302, member=200, foreign=404
    ),
    "assessment/cases/<str:number>": Route(
        "/assessment/cases/20221102-000001", public=302, private=302, member=404
    ),
    "coverage/": Route("/coverage/", public=302, private=302, member=200, foreign=404),
    "staleness/": Route("/staleness/", public=302, private=302, member=200, foreign=404),
    "patrols/day/": Route("/patrols/day/", public=302, private=302, member=200, foreign=404),
    "patrols/live/": Route(
        "/patrols/live/",
        public=302,
        private=302,
        member=200,
        foreign=404,
        only=("centre", "subdistrict", "community", "grid_head"),
    ),
    "desk/clearance/": Route("/desk/clearance/", public=302, private=302, member=200, foreign=404),
    "desk/clearance/cases": Route(
        "/desk/clearance/cases", public=302, private=302, member=200, foreign=404
    ),
    "desk/cases/<str:number>/duplicates": Route(
        "/desk/cases/20221102-000001/duplicates", public=302, private=302, member=404
    ),
    "desk/rules/": Route(
        "/desk/rules/", public=302, private=302, member=200, only=("admin", "centre")
    ),
    "wall/": Route("/wall/", public=302, private=302, member=200, foreign=404),
    "cases/": Route("/cases/", public=302, private=302, member=200, foreign=404),
    "cases/<str:number>": Route("/cases/20221102-000001", public=302, private=302, member=404),
    "desk/": Route("/desk/", public=302, private=302, member=200, only=DESK_ROLES),
    "desk/duty/": Route(
        "/desk/duty/",
        public=302,
        private=302,
        member=200,
        only=("centre", "subdistrict", "community", "handler"),
    ),
    "desk/cases/<str:number>/sheet": Route(
        "/desk/cases/20221102-000001/sheet", public=302, private=302, member=404
    ),
    "desk/cases/<str:number>/print": Route(
        "/desk/cases/20221102-000001/print", public=302, private=302, member=404
    ),
    "report/": Route("/report/", **OPEN),
    "report/<str:number>": Route("/report/R261123-0000000000AB", **OPEN),
    "desk/phone/": Route(
        "/desk/phone/",
        public=302,
        private=302,
        member=200,
        only=("admin", "centre", "subdistrict", "community"),
    ),
    "patrol/": Route("/patrol/", public=302, private=302, member=200, only=("worker",)),
    # The script and the manifest hold nothing of a person.
    "patrol/map-worker.js": Route("/patrol/map-worker.js", **OPEN),
    "patrol/sw.js": Route("/patrol/sw.js", **OPEN),
    "patrol/manifest.webmanifest": Route("/patrol/manifest.webmanifest", **OPEN),
    "enterprise/": Route("/enterprise/", **OPEN),
    "login/": Route("/login/", public=200, private=200, member=302),
    "language/": Route("/language/", public=302, private=302, member=302, post={}),
    "tiles/<str:layer>.json": Route("/tiles/grids.json", **READ),
    "tiles/<str:layer>/<str:z>/<str:x>/<str:y>.mvt": Route("/tiles/grids/12/3418/1606.mvt", **READ),
    "tiles/cases/<str:z>/<str:x>/<str:y>.mvt": Route("/tiles/cases/12/3418/1606.mvt", **SIGNED),
    # The last one: the client is nobody afterwards.
    "logout/": Route("/logout/", public=302, private=302, member=302, post={}),
}
# What another room's own tests walk; here only: no member without the staff flag gets in.
STAFF_ONLY = "admin/"
STAFF_OPEN = {"admin/login/", "admin/logout/"}


def routes() -> list[str]:
    """The patterns of all routes, parts joined."""
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield path


def call(client: Client, route: Route, **more: str) -> int:
    if route.post is not None:
        key = {"idempotency-key": "00000000-0000-4000-8000-000000000000"}
        return client.post(
            route.path, route.post, content_type="application/json", headers=key
        ).status_code
    return client.get(route.path, {**(route.query or {}), **more}).status_code


def test_every_route_is_in_the_table() -> None:
    unknown = {path for path in routes() if not path.startswith(STAFF_ONLY)} - ROUTES.keys()
    assert not unknown, "say in ROUTES who may reach these"
    assert set(ROUTES) <= set(routes())


@pytest.mark.parametrize("name", ROUTES)
def test_the_public(district: District, settings: Settings, name: str) -> None:
    route = ROUTES[name]
    settings.PUBLIC_READS = True
    assert call(Client(), route) == route.public
    settings.PUBLIC_READS = False
    assert call(Client(), route) == route.private


@pytest.mark.parametrize("public", [True, False])
def test_every_role(district: District, settings: Settings, public: bool) -> None:
    settings.PUBLIC_READS = public
    for role in ROLES:
        client = Client()
        client.force_login(district.users[role])
        told = {name: call(client, route) for name, route in ROUTES.items()}
        assert told == {name: route.of(role) for name, route in ROUTES.items()}, role


def test_a_foreign_place_is_not_there(district: District, settings: Settings) -> None:
    settings.PUBLIC_READS = (
        False  # else a tile is drawn as for anybody, so that caches may share it
    )
    other = make_district(OTHER, west=WEST + 1)
    for role in ROLES:
        client = Client()
        client.force_login(other.users[role])
        for name, route in ROUTES.items():
            if route.foreign is not None:
                assert call(client, route, place="370299") == route.foreign, (role, name)


def test_a_foreign_places_rows_are_absent(district: District) -> None:
    other = make_district(OTHER, west=WEST + 1)
    client = Client()
    client.force_login(other.users["centre"])
    for path in ("grids", "regions"):
        told = client.get(f"/api/v1/{path}").json()
        assert told["count"] > 0
        assert all(row["properties"]["code"].startswith(OTHER) for row in told["features"])
    assert {row["place"] for row in client.get("/api/v1/editions").json()["results"]} == {OTHER}
    stations = client.get("/api/v1/stations").json()["features"]
    assert all(row["geometry"]["coordinates"][0] > WEST + 1 for row in stations)
    rows = [{**POINT, "place": "370299"}]
    refused = client.post("/api/v1/locate", rows, content_type="application/json")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "[0].place"


def test_the_public_sees_no_plan(district: District) -> None:
    told = Client().get("/api/v1/editions").json()["results"]
    assert {row["name"] for row in told} == {"2021", "2022"}
    for path in ("grids", "regions"):
        assert Client().get(f"/api/v1/{path}", {"edition": "2027"}).status_code == 404


def test_the_administration_is_for_staff(district: District) -> None:
    paths = [path for path in routes() if path.startswith(STAFF_ONLY) and "<" not in path]
    member = Client()
    member.force_login(district.users["leader"])
    for path in paths:
        if path not in STAFF_OPEN and "(?P" not in path:
            assert Client().get(f"/{path}").status_code == 302, path
            assert member.get(f"/{path}").status_code == 302, path
