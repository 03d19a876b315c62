"""Walking cases through the loop in tests: by the API as people do, or by the service."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone
from rest_framework.test import APIClient

from gis.kernel.datum import Datum
from grids.models import User
from grids.selectors import Position
from incidents.models import Category, Channel, Incident
from incidents.services import acting, intake
from tests.factories import District

# The order of the normal path, with who takes each step in the small district.
NORMAL_PATH = [
    ("verify", "centre"),
    ("file", "centre"),
    ("dispatch", "centre"),
    ("check_in", "handler"),
    ("handle", "handler"),
    ("feed_back", "handler"),
    ("inspect", "centre"),
    ("close", "centre"),
]


def make_case(
    district: District,
    *,
    at: tuple[float, float] | None = None,
    kind: str = "livelihood",
    category: Category | None = None,
    now: datetime | None = None,
    description: str = "台阶破损",
    **more: Any,
) -> Incident:
    """A case in the middle of a cell of the small district, or `at` (lon, lat)."""
    lon, lat = at or district.centre(0, 0)
    channel = more.pop("channel", None) or worker_channel()
    received = intake.receive(
        edition=district.now,
        channel=channel,
        kind=kind,
        category=category,
        description=description,
        occurred_at=None,
        location=Position(lon, lat, Datum.WGS84),
        address="",
        reporter=more.pop("reporter", None),
        photos=(),
        sent_by=None,
        now=now or timezone.now(),
        **more,
    )
    return received.report.incident


def worker_channel() -> Channel:
    channel, _ = Channel.objects.get_or_create(
        code="worker", defaults={"name": "网格员", "name_en": "Worker", "datum": "wgs84"}
    )
    return channel


def client_of(user: User) -> APIClient:
    """A client that is signed in as `user`."""
    client = APIClient()
    client.force_authenticate(user)
    return client


def tell(client: APIClient, number: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/incidents/{number}")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def normal(action: dict[str, Any]) -> dict[str, Any]:
    """What stands by itself for every need of a told action."""
    return {
        need["name"]: need["default"] for need in action["needs"] if need["default"] is not None
    }


def send(client: APIClient, number: str, action: str, given: dict[str, Any] | None = None) -> Any:
    """Take an action with what is given, or with its defaults; the raw answer."""
    if given is None:
        open_now = {one["name"]: one for one in tell(client, number)["actions"]}
        given = normal(open_now[action]) if action in open_now else {}
    return client.post(
        f"/api/v1/incidents/{number}/actions/{action}",
        given,
        format="json",
        headers={"idempotency-key": str(uuid4())},
    )


def do(
    district: District, number: str, action: str, role: str, *, now: datetime | None = None,
    **given: Any,
) -> acting.Done:  # fmt: skip
    """Take an action by the service, as the holder of `role` in the small district."""
    return acting.act(
        number=number,
        action=action,
        given=given,
        by=district.users[role],
        now=now or timezone.now(),
    )
