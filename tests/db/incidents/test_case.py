"""One case, as the API and its page tell it to those who may see it."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from grids.models import User
from tests.db.incidents.conftest import a_report, send
from tests.factories import CELL, SOUTH, WEST, District
from tests.pictures import picture

pytestmark = pytest.mark.usefixtures("channels")
ApiFor = Callable[[User], APIClient]
PHONE = "13987654321"


@pytest.fixture
def number(district: District, api: APIClient) -> str:
    photo = api.post("/api/v1/photos", {"file": SimpleUploadedFile("x.jpg", picture())}).json()[
        "id"
    ]
    position = {"lon": WEST + CELL / 2, "lat": SOUTH + CELL / 2, "accuracy_m": 12}
    body = a_report(
        category="S0101",
        photos=[photo],
        location=position,
        reporter={"name": "某人", "phone": PHONE},
    )
    told = send(api, body)
    assert told.status_code == 201, told.content
    return str(told.json()["incident"])


def test_it_tells_what_was_sent_and_where_it_lies(
    district: District, number: str, api_for: ApiFor
) -> None:
    told = api_for(district.users["centre"]).get(f"/api/v1/incidents/{number}").json()
    grid = district.cell(0, 0)
    region = grid.region
    assert region is not None
    assert region.parent is not None
    assert told["number"] == number
    assert (told["state"], told["kind"], told["grid"]["code"]) == (
        "received", "livelihood", grid.code,
    )  # fmt: skip
    assert told["community"]["code"] == region.code
    assert told["subdistrict"]["code"] == region.parent.code
    assert told["category"] == {"code": "S0101", "name": "道路破损"}
    (report,) = told["reports"]
    assert report["description"] == "9 号楼下台阶破损"
    assert report["sent"]["datum"] == "wgs84"
    assert report["sent"]["accuracy_m"] == 12
    (snap,) = report["snaps"]
    assert (snap["edition"], snap["grid"], snap["method"]) == ("2022", grid.code, "inside")
    assert snap["border_distance_m"] > 100
    assert len(report["photos"]) == 1
    assert [event["action"] for event in told["events"]] == ["report.received"]
    assert PHONE not in str(told)
    assert "某人" not in str(told)


def test_to_others_it_is_not_there(
    district: District, number: str, api: APIClient, api_for: ApiFor
) -> None:
    path = f"/api/v1/incidents/{number}"
    assert api.get(path).status_code == 401
    seen = {role: api_for(user).get(path).status_code for role, user in district.users.items()}
    assert seen == dict.fromkeys(seen, 200) | {"handler": 404}
    refused = api_for(district.users["centre"]).get("/api/v1/incidents/20200101-000001")
    assert refused.status_code == 404
    assert refused.json()["errors"][0]["code"] == "unknown_case"
    assert api_for(district.users["centre"]).get(path, {"x": "1"}).status_code == 400


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "收到诉求"), ("en", "Report received")])
def test_its_page_says_the_same(district: District, number: str, language: str, word: str) -> None:
    client = Client(headers={"accept-language": language})
    client.force_login(district.users["community"])
    page = client.get(f"/cases/{number}").content.decode()
    for said in (number, "9 号楼下台阶破损", district.cell(0, 0).code, word):
        assert said in page
    assert PHONE not in page
    client.force_login(district.users["handler"])
    assert client.get(f"/cases/{number}").status_code == 404
