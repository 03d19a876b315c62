"""The wall's figures: each equals the list that it opens, for everybody who may look."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client
from rest_framework.test import APIClient

from grids.models import User
from incidents.models import Incident
from tests.factories import District
from tests.wall import AT, make_cases

ApiFor = Callable[[User], APIClient]
WALL = "/api/v1/wall"


@pytest.fixture
def told(district: District) -> District:
    make_cases(district)
    return district


def figures(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every figure, wherever it stands in the answer."""
    for value in told.values():
        rows = value if isinstance(value, list) else [value]
        yield from (row for row in rows if isinstance(row, dict) and "list" in row)


def count_of(api: APIClient, query: str) -> int:
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    return int(api.get("/api/v1/incidents", asked).json()["count"])


def shown_on_page(user: User, query: str) -> int:
    client = Client()
    client.force_login(user)
    page = client.get(f"/cases/?{query}").content.decode()
    found = re.search(r'<b id="total">(\d+)</b>', page)
    assert found, page[:2000]
    return int(found[1])


def test_every_figure_equals_its_list_for_every_role(told: District, api_for: ApiFor) -> None:
    received = {}
    for role, user in told.users.items():
        api = api_for(user)
        answer = api.get(WALL, {"at": AT.isoformat()}).json()
        seen = list(figures(answer))
        assert len(seen) >= 7
        for figure in seen:
            assert count_of(api, figure["list"]) == figure["count"], (role, figure)
            assert shown_on_page(user, figure["list"]) == figure["count"], (role, figure)
        received[role] = answer["received"]["count"]
    assert received["centre"] > received["subdistrict"] > received["handler"] == 0


def test_the_parts_add_up_to_the_whole(told: District, api_for: ApiFor) -> None:
    answer = api_for(told.users["centre"]).get(WALL, {"at": AT.isoformat()}).json()
    total = answer["received"]["count"]
    assert total > 3
    assert sum(one["count"] for one in answer["kinds"]) == total
    assert sum(sum(bins) for bins in answer["bins"].values()) == total
    assert sum(answer["grids"].values()) == sum(one["count"] for one in answer["subdistricts"])
    assert len(answer["newest"]) == min(total, 6)
    assert all(one["received_at"] < answer["at"] for one in answer["newest"])
    until = (AT.hour * 60 + AT.minute) // answer["bin_minutes"] + 1
    assert not any(any(bins[until:]) for bins in answer["bins"].values())
    assert sum(answer["bins_before"][:until]) >= answer["before"]["count"]


def test_a_moment_later_shows_what_came_meanwhile(told: District, api_for: ApiFor) -> None:
    api = api_for(told.users["centre"])
    before = api.get(WALL, {"at": AT.isoformat()}).json()["received"]["count"]
    case = Incident.objects.order_by("pk")[0]
    Incident.objects.filter(pk=case.pk).update(received_at=AT)
    assert api.get(WALL, {"at": AT.isoformat()}).json()["received"]["count"] == before
    later = api.get(WALL, {"at": AT.replace(second=1).isoformat()}).json()
    assert later["received"]["count"] == before + 1
    assert later["newest"][0]["number"] == case.number


def test_the_days_add_up_and_lead_on(told: District, api_for: ApiFor) -> None:
    api = api_for(told.users["centre"])
    days = api.get(f"{WALL}/days", {"at": AT.isoformat()}).json()
    # One case came in the first moment of the week that follows.
    assert sum(days["counts"]) == Incident.objects.count() - 1
    assert (days["earlier"], days["later"]) == (None, "2022-11-07")
    much_later = api.get(f"{WALL}/days", {"at": "2023-06-01"}).json()
    assert sum(much_later["counts"]) == 0
    assert much_later["earlier"] == "2022-11-07"
    assert api.get(f"{WALL}/days", {"at": "2022-06-01"}).json()["later"] == "2022-10-23"


def test_density_counts_what_the_list_counts(told: District, api_for: ApiFor) -> None:
    api = api_for(told.users["subdistrict"])
    asked = {"from": "2022-10-31", "to": "2022-11-07", "kind": "livelihood"}
    listed = api.get("/api/v1/incidents", asked).json()["count"]
    density = api.get("/api/v1/density", {**asked, "bandwidth_m": "400"}).json()
    assert density["count"] == density["positions"] == listed > 0
    assert density["bandwidth_m"] == 400
    assert density["edges"] == sorted(density["edges"])
    assert density["image"]
    counts = api.get("/api/v1/grid-counts", asked).json()
    assert counts["count"] == listed
    for one in counts["grids"]:
        assert (
            api.get("/api/v1/incidents", {**asked, "grid": one["grid"]}).json()["count"]
            == (one["count"])
        )
        if one["rate"] is not None:
            assert one["rate"] == pytest.approx(1000 * one["count"] / one["people"], abs=1e-4)
    nothing = api.get("/api/v1/density", {"from": "2030-01-01"}).json()
    assert (nothing["count"], nothing["edges"], nothing["image"]) == (0, [], None)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (WALL, {"at": "noon"}),
        (WALL, {"from": "2022-11-01"}),
        (f"{WALL}/days", {"at": "2022-13-01"}),
        ("/api/v1/density", {"bandwidth_m": "5"}),
        ("/api/v1/density", {"bandwidth_m": "wide"}),
        ("/api/v1/grid-counts", {"kind": "x"}),
        ("/tiles/cases/10/854/401.mvt", {"kind": "x"}),
        ("/tiles/cases/10/854/401.mvt", {"cells": "1000"}),
        ("/tiles/cases/10/854/401.mvt", {"bbox": "1,2,3,4"}),
        ("/tiles/cases/10/854/4010.mvt", {}),
    ],
)
def test_a_bad_question_is_refused(told: District, path: str, asked: dict[str, str]) -> None:
    client = Client()
    client.force_login(told.users["centre"])
    answer = client.get(path, asked)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"]


def test_a_bad_list_says_what_is_wrong(told: District) -> None:
    client = Client()
    client.force_login(told.users["centre"])
    page = client.get("/cases/", {"kind": "x", "to": "soon"}, headers={"accept-language": "en"})
    assert page.status_code == 400
    text = page.content.decode()
    assert "<code>kind</code>" in text
    assert "Use one of" in text
    assert client.get("/cases/", {"page": "999"}).status_code == 200
