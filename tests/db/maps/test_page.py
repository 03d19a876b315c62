"""The pages: what they say in each state and language, and what they let nobody do."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from tests.factories import PASSWORD, District, make_district, make_user

pytestmark = pytest.mark.django_db


def island(html: str, name: str) -> Any:
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', html)
    assert found is not None
    return json.loads(found.group(1))


def test_the_root_leads_to_the_map() -> None:
    assert Client().get("/").headers["Location"] == "/map/"


def test_the_page_knows_its_editions_newest_first(district: District) -> None:
    html = Client().get("/map/").content.decode()
    config = island(html, "config")
    assert [(row["name"], row["grids"]) for row in config["editions"]] == [
        ("2022", 12),
        ("2021", 6),
    ]
    assert config["bounds"] == pytest.approx([120.40, 36.06, 120.44, 36.09])
    assert district.place.attribution in html


def test_an_empty_installation_says_how_to_load_a_place(db: None) -> None:
    response = Client().get("/map/")
    assert response.status_code == 200
    assert "manage.py load_demo" in response.content.decode()


def test_an_unknown_place_lists_those_that_are_here(district: District) -> None:
    response = Client().get("/map/?place=nowhere")
    assert response.status_code == 404
    assert district.place.name in response.content.decode()


def test_several_places_can_be_chosen_from(district: District) -> None:
    other = make_district("370298", name="邻区", west=121.0)
    html = Client().get(f"/map/?place={other.place.code}").content.decode()
    assert island(html, "config")["place"] == other.place.code
    assert "测试区" in html


def test_members_of_another_place_do_not_see_this_one(district: District) -> None:
    other = make_district("370298", name="邻区", west=121.0)
    client = Client()
    client.force_login(make_user("stranger", other.place))
    assert client.get(f"/map/?place={district.place.code}").status_code == 404
    assert island(client.get("/map/").content.decode(), "config")["place"] == other.place.code


def test_where_nothing_is_public_the_map_asks_to_sign_in(district: District, settings: Any) -> None:
    settings.PUBLIC_READS = False
    response = Client().get("/map/?place=x")
    assert response.headers["Location"] == "/login/?next=/map/%3Fplace%3Dx"


def test_signing_in_and_out(district: District) -> None:
    client = Client(REMOTE_ADDR="192.0.2.7")
    user = district.users["worker"]
    wrong = client.post("/login/", {"username": user.username, "password": "wrong"})
    assert "账号或密码不对" in wrong.content.decode()
    right = client.post(
        "/login/?next=/map/", {"username": user.username, "password": PASSWORD, "next": "/map/"}
    )
    assert right.headers["Location"] == "/map/"
    config = island(client.get("/map/").content.decode(), "config")
    assert config["signedIn"] is True
    assert "2027" in {row["name"] for row in config["editions"]}
    assert client.get("/logout/").status_code == 405
    client.post("/logout/")
    assert island(client.get("/map/").content.decode(), "config")["signedIn"] is False


def test_nobody_is_sent_to_another_site(district: District) -> None:
    client = Client()
    there = {"next": "https://elsewhere.example/", "language": "en"}
    assert "elsewhere" not in client.post("/language/", there).headers["Location"]
    client.force_login(district.users["centre"])
    response = client.get("/login/?next=https://elsewhere.example/")
    assert response.headers["Location"] == "/map/"


def test_demo_logins_are_shown_in_the_demo_only(db: None, settings: Any) -> None:
    make_user("worker")
    settings.DEMO = True
    assert "<code>worker</code>" in Client().get("/login/").content.decode()
    settings.DEMO = False
    assert "<code>worker</code>" not in Client().get("/login/").content.decode()


def test_english_is_one_button_away(district: District) -> None:
    client = Client()
    client.post("/language/", {"language": "en", "next": "/map/"})
    html = client.get("/map/").content.decode()
    assert '<html lang="en"' in html
    assert "Test district" in html
    texts = re.sub(
        r"<(script|option|style|h1|button[^>]*lang=).*?</[a-z0-9]+>", "", html, flags=re.S
    )
    chinese = set(re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<[^>]+>", "", texts)))
    assert chinese <= {"测试数据"}
    words = island(html, "words")
    assert not [key for key, text in words.items() if re.search(r"[\u4e00-\u9fff]", text)]


def test_the_policy_allows_nothing_foreign(district: District) -> None:
    response = Client().get("/map/")
    policy = dict(
        part.strip().split(" ", 1)
        for part in response.headers["Content-Security-Policy"].split(";")
    )
    html = response.content.decode()
    nonce = re.search(r'<script type="importmap" nonce="([^"]+)"', html)
    assert nonce is not None
    assert policy["script-src"] == f"'self' 'nonce-{nonce.group(1)}'"
    assert policy["default-src"] == "'none'"
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', html)


def test_a_page_that_is_not_there_says_so_in_both_languages() -> None:
    response = Client().get("/nothing-here")
    assert response.status_code == 404
    html = response.content.decode()
    assert "没有这一页" in html
    assert "There is no such page" in html


@pytest.mark.parametrize(
    ("role", "page"), [("worker", "/patrol/"), ("centre", "/map/"), ("grid_head", "/map/")]
)
def test_who_signs_in_goes_to_their_own_page(district: District, role: str, page: str) -> None:
    name = district.users[role].username
    told = Client().post("/login/", {"username": name, "password": PASSWORD})
    assert (told.status_code, told["location"]) == (302, page)
