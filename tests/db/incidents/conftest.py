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

from grids.models import Block, Grid
from incidents.models import Category, Channel
from incidents.services.tables import load_tables
from tests.factories import CELL, SOUTH, WEST, District
from tests.shape.tree import ROOT

LAOSHAN = ROOT / "fixtures" / "laoshan"
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


@pytest.fixture
def ground(district: District) -> District:
    """The district with a block under every grid in force, and the tables of the profile."""
    load_tables(LAOSHAN)
    for number, grid in enumerate(Grid.objects.filter(edition=district.now).order_by("code")):
        Block.objects.create(
            place=district.place,
            code=f"{grid.code[:12]}-{number:04d}",
            kind="estate",
            geometry=grid.geometry[0],
            area_m2=grid.area_m2,
            people=100 * number,
            valid_from=district.old,
        )
    return district


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
