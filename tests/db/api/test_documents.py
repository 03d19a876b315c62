"""The OpenAPI document and its page."""

import re

from django.test import Client
from drf_spectacular.validation import validate_schema


def test_the_document_is_valid_and_names_every_route(db: None) -> None:
    schema = Client().get("/api/schema", {"format": "json"}).json()
    validate_schema(schema)  # type: ignore[no-untyped-call]
    assert set(schema["paths"]) == {
        "/api/v1/locate", "/api/v1/token", "/api/v1/me", "/api/v1/grids", "/api/v1/regions",
        "/api/v1/stations", "/api/v1/editions", "/api/v1/editions/{name}/lineage",
        "/api/v1/reports", "/api/v1/photos", "/api/v1/photos/{photo}", "/api/v1/incidents",
        "/api/v1/categories", "/api/v1/channels", "/api/v1/addresses", "/api/v1/reports/nearby",
        "/api/v1/reports/{number}", "/api/v1/reports/{number}/photos/{photo}",
        "/api/v1/incidents/{number}", "/api/v1/wall", "/api/v1/wall/days",
        "/api/v1/wall/coverage", "/api/v1/wall/staleness",
        "/api/v1/density", "/api/v1/grid-counts", "/api/v1/stream",
        "/api/v1/patrols/coverage", "/api/v1/patrols/tracks", "/api/v1/patrols/mine",
        "/api/v1/patrols/nearest", "/api/v1/patrols/positions", "/api/v1/queue",
            "/api/v1/patrols/shifts", "/api/v1/patrols/shifts/{id}/end", "/api/v1/patrols/fixes",
            "/api/v1/patrols/gpx", "/api/v1/patrols/filtered",
            "/api/v1/patrols/trackers/osmand", "/api/v1/patrols/trackers/owntracks",
        "/api/v1/patrols/spots", "/api/v1/patrols/spots.csv", "/api/v1/patrols/spots.xlsx",
        "/api/v1/patrols/alerts", "/api/v1/patrols/alerts/{id}/acknowledge",
        "/api/v1/patrols/staleness/grids", "/api/v1/patrols/staleness/mine", "/api/v1/patrols/next",
        "/api/v1/wall/coverage.csv", "/api/v1/wall/coverage.xlsx",
        "/api/v1/patrols/visits", "/api/v1/patrols/routes", "/api/v1/patrols/staleness",
        "/api/v1/assessment", "/api/v1/assessment.csv", "/api/v1/assessment.xlsx",
        "/api/v1/clearance", "/api/v1/filters",
        "/api/v1/filters/{id}", "/api/v1/incidents/{number}/contacts",
        "/api/v1/incidents/{number}/duplicates",
        "/api/v1/incidents/{number}/not-duplicates",
        "/api/v1/incidents/{number}/actions/{action}", "/api/v1/reports/{number}/survey",
        "/api/v1/channels/{channel}/webhook",
    }  # fmt: skip


def test_the_page_needs_nothing_inline_and_nobody_else(db: None) -> None:
    page = Client().get("/api/docs").content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)
    addresses = re.findall(r'(?:src|href|data-schema)="([^"]+)"', page)
    assert addresses
    assert all(address.startswith("/") and address[1] != "/" for address in addresses)
