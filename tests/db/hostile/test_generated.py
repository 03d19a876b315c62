"""Whatever is sent: an answer or a refusal, never a failure of ours."""

import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from tests.factories import District

MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NUMBER = st.one_of(
    st.floats(), st.integers(), st.booleans(), st.none(), st.text(max_size=8), st.floats(-180, 180)
)
TEXT = st.one_of(st.sampled_from(["wgs84", "gcj02", "bd09", "2022", "370299"]), st.text(), NUMBER)
POINT = st.one_of(
    st.fixed_dictionaries(
        {"lon": NUMBER, "lat": NUMBER, "datum": TEXT},
        optional={"accuracy_m": NUMBER, "edition": TEXT, "place": TEXT, "x": NUMBER},
    ),
    st.recursive(NUMBER, lambda inner: st.lists(inner, max_size=3), max_leaves=5),
)


def told(response: object) -> int:
    status = int(getattr(response, "status_code"))  # noqa: B009 - a response of either client
    assert status == 200 or 400 <= status < 500
    return status


@MANY
@given(st.lists(POINT, max_size=4))
@example([{"lon": 1e308, "lat": 1, "datum": "bd09"}])
@example([{"lon": 180.0, "lat": 90.0, "datum": "bd09", "accuracy_m": 0}])
def test_any_list_of_points(district: District, points: list[object]) -> None:
    client = APIClient(raise_request_exception=False)
    told(client.post("/api/v1/locate", json.dumps(points), content_type="application/json"))


@MANY
@given(st.binary(max_size=60))
def test_any_bytes(district: District, raw: bytes) -> None:
    client = APIClient(raise_request_exception=False)
    body: Any = raw  # the stubs know text only
    response = client.generic("POST", "/api/v1/locate", body, content_type="application/json")
    assert told(response) == 200 or response.json()["errors"]


PATHS = ["locate", "grids", "regions", "stations", "editions", "editions/2022/lineage"]
NAMES = [
    "lon",
    "lat",
    "datum",
    "accuracy_m",
    "edition",
    "place",
    "bbox",
    "page",
    "page_size",
    "code",
]
FOUR = st.lists(NUMBER, min_size=4, max_size=4).map(lambda values: ",".join(map(str, values)))


@MANY
@given(st.sampled_from(PATHS), st.dictionaries(st.sampled_from(NAMES), st.one_of(TEXT, FOUR)))
def test_any_query(district: District, path: str, query: dict[str, object]) -> None:
    client = APIClient(raise_request_exception=False)
    texts = {name: str(value).encode("utf-8", "surrogatepass") for name, value in query.items()}
    told(client.get(f"/api/v1/{path}", texts))
