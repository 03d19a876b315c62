"""The hostile corpus: every case is refused as a 4xx with reasons, never as a 5xx."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.db.hostile.corpus import BODIES, CREDENTIALS, LAT, LON, PATHS, QUERIES
from tests.factories import District

KEYS = {"field", "code", "message", "message_en"}


@pytest.fixture
def lenient(district: District) -> APIClient:
    """A client that hands exceptions over as the server would: as a 500."""
    return APIClient(raise_request_exception=False)


def reasons(response: Any) -> list[dict[str, Any]]:
    assert 400 <= response.status_code < 500, (response.status_code, response.content[:300])
    errors = response.json()["errors"]
    assert errors
    assert all(error.keys() == KEYS and error["message"] for error in errors)
    return list(errors)


def test_queries(lenient: APIClient) -> None:
    for query, field in QUERIES:
        errors = reasons(lenient.get(f"/api/v1/locate?{query}"))
        assert field is None or field in {error["field"] for error in errors}, (query, errors)


def test_bodies(lenient: APIClient) -> None:
    raw: Any  # the stubs know text only
    for raw, field in BODIES:
        errors = reasons(
            lenient.generic("POST", "/api/v1/locate", raw, content_type="application/json")
        )
        assert field is None or field in {error["field"] for error in errors}, (raw[:99], errors)


def test_credentials(lenient: APIClient) -> None:
    for data in CREDENTIALS:
        reasons(lenient.post("/api/v1/token", json.dumps(data), content_type="application/json"))


def test_paths(lenient: APIClient) -> None:
    for path in PATHS:
        reasons(lenient.get(path))


@pytest.mark.parametrize("path", ["locate", "token"])
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data", "application/x-yaml", "", "x"]
)
def test_other_kinds_of_body(lenient: APIClient, path: str, kind: str) -> None:
    reasons(lenient.generic("POST", f"/api/v1/{path}", "[]", content_type=kind))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "FOO"])
def test_other_methods(lenient: APIClient, method: str) -> None:
    for path in ("locate", "grids", "token"):
        reasons(lenient.generic(method, f"/api/v1/{path}"))


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer x", "Bearer a b", "bearer " + "x" * 9000, "Bearer \xff", "Bearer ../"],
)
def test_bad_tokens(lenient: APIClient, header: str) -> None:
    response = lenient.get("/api/v1/grids", headers={"authorization": header})
    assert reasons(response)[0]["code"] == "bad_token"
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_declared_length_is_refused_before_it_is_read(lenient: APIClient) -> None:
    response = lenient.generic(
        "POST", "/api/v1/token", "{}", content_type="application/json", CONTENT_LENGTH=str(10**15)
    )
    assert response.status_code == 413
    assert reasons(response)[0]["code"] == "too_large"


def test_swapped_coordinates_are_recognised(lenient: APIClient) -> None:
    errors = reasons(lenient.get(f"/api/v1/locate?lon={LAT}&lat={LON}&datum=wgs84"))
    assert {error["code"] for error in errors} == {"swapped"}
    assert "颠倒" in errors[0]["message"]


def test_nul_is_refused_outside_the_api_too(lenient: APIClient) -> None:
    for path in ("/map/?place=%00", "/login/?next=%00", "/tiles/grids.json?edition=%00", "/x%00"):
        assert lenient.get(path).status_code == 400
