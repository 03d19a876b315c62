"""A district to report into."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from psycopg.types.range import Range
from pytest_django import Settings
from rest_framework.test import APIClient

from incidents.models import Category, Channel
from tests.factories import CELL, SOUTH, WEST

Send = Callable[..., Any]
CHANNELS = {
    "resident": ("wgs84", True), "wechat": ("gcj02", True), "worker": ("wgs84", False),
    "hotline": ("bd09", False),
}  # fmt: skip


def make_channels() -> None:
    for code, (datum, is_open) in CHANNELS.items():
        Channel.objects.update_or_create(
            code=code,
            defaults={"name": code, "name_en": code, "datum": datum, "is_open": is_open},
        )
    Category.objects.filter(code__in=["S0101", "OLD"]).delete()
    for code, span in {"S0101": (date(2020, 1, 1), None), "OLD": (None, date(2020, 1, 1))}.items():
        Category.objects.create(
            code=code, name="道路破损", name_en="Broken road", kind="livelihood", valid=Range(*span)
        )


@pytest.fixture(autouse=True)
def _quiet(settings: Settings, tmp_path: Path) -> None:
    """Pictures go to a directory of the test."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def channels(db: None) -> None:
    make_channels()


def a_report(**changed: Any) -> dict[str, Any]:
    """A body that is accepted, in the middle of cell (0, 0)."""
    return {
        "channel": "resident",
        "kind": "livelihood",
        "description": "9 号楼下台阶破损",
        "location": {"lon": WEST + CELL / 2, "lat": SOUTH + CELL / 2, "datum": "wgs84"},
        **changed,
    }


def send(client: APIClient, body: Any, key: object = None) -> Any:
    return client.post(
        "/api/v1/reports",
        body,
        format="json",
        headers={"idempotency-key": str(key or uuid4())},
    )
