"""Partners of channels in tests: their keys, their bodies, and how they send."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from gis.kernel.datum import Datum, from_wgs84
from incidents.channels import signing
from incidents.models import Channel, ChannelPartner
from incidents.services.partners import issue_key
from tests.factories import CELL, SOUTH, WEST

LON, LAT = WEST + CELL / 2, SOUTH + CELL / 2


def make_partner(channel: str, name: str = "对接方", **fields: Any) -> tuple[ChannelPartner, str]:
    """A partner of that channel and its key."""
    row = Channel.objects.get(code=channel)
    key = issue_key(channel=row, name=name, now=timezone.now())
    ChannelPartner.objects.filter(channel=row, name=name).update(**fields)
    return ChannelPartner.objects.get(channel=row, name=name), key


def push(
    channel: str, body: Any, key: str, *, at: datetime | None = None, header: str | None = None
) -> Any:
    """Send `body` signed, as a partner does."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = signing.signature(raw, key, at=at or timezone.now()) if header is None else header
    return APIClient().post(
        f"/api/v1/channels/{channel}/webhook",
        raw,
        content_type="application/json",
        headers={"x-wangge-signature": signed},
    )


def an_order(**changed: Any) -> dict[str, Any]:
    """A work order of the hotline in the middle of cell (0, 0)."""
    lng, lat = from_wgs84(LON, LAT, Datum.BD09)
    return {
        "orderNo": "RX2026112400001",
        "orderType": "民生",
        "callerName": "欧阳某某",
        "callerPhone": "138-7654-3219",
        "content": "小区北门外路灯不亮",
        "address": "001001社区",
        "lng": float(lng),
        "lat": float(lat),
        "acceptTime": "2026-11-24 08:30:00",
        "deadline": "2026-11-29 18:00:00",
        **changed,
    }
