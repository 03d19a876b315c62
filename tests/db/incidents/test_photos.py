"""Pictures of reports, over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from rest_framework.test import APIClient

from gis.ledger.models import Attachment
from gis.ledger.services import attachments
from grids.models import User
from incidents.models import Report
from tests.db.incidents.conftest import a_report, send
from tests.factories import District
from tests.pictures import located_picture, picture

pytestmark = pytest.mark.usefixtures("channels")
PHOTOS = "/api/v1/photos"
ApiFor = Callable[[User], APIClient]


def upload(client: APIClient, raw: bytes, **more: Any) -> Any:
    return client.post(PHOTOS, {"file": SimpleUploadedFile("x.jpg", raw), **more})


def test_a_picture_goes_with_its_report(
    district: District, api: APIClient, api_for: ApiFor
) -> None:
    told = upload(api, located_picture())
    assert told.status_code == 201, told.content
    photo = told.json()["id"]
    assert send(api, a_report(photos=[photo])).status_code == 201
    assert str(Report.objects.get().photos.get().pk) == photo
    address = f"{PHOTOS}/{photo}"
    seen = {role: api_for(user).get(address).status_code for role, user in district.users.items()}
    assert seen == dict.fromkeys(seen, 200) | {"handler": 404}
    shown = api_for(district.users["worker"]).get(address)
    assert shown["Content-Type"] == "image/jpeg"
    raw = b"".join(shown.streaming_content)  # type: ignore[attr-defined]
    assert b"PhoneMaker" not in raw
    assert api.get(address).status_code == 401


def test_before_its_report_only_its_sender_sees_it(district: District, api_for: ApiFor) -> None:
    worker, centre = (api_for(district.users[role]) for role in ("worker", "centre"))
    photo = upload(worker, picture()).json()["id"]
    assert worker.get(f"{PHOTOS}/{photo}").status_code == 200
    assert centre.get(f"{PHOTOS}/{photo}").status_code == 404
    told = send(centre, a_report(photos=[photo]))
    assert told.json()["errors"][0]["field"] == "photos[0]"


def test_a_picture_belongs_to_one_report_and_stays_with_it(
    district: District, api: APIClient
) -> None:
    photo = upload(api, picture()).json()["id"]
    assert send(api, a_report(photos=[photo])).status_code == 201
    again = send(api, a_report(photos=[photo]))
    assert (again.status_code, again.json()["errors"][0]["field"]) == (400, "photos")
    assert Report.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.get().photos.clear()
    assert send(api, a_report(photos=[photo, photo])).status_code == 400


def test_what_is_not_one_picture_is_refused(district: District, api: APIClient) -> None:
    good = SimpleUploadedFile("x.jpg", picture())
    for data in ({}, {"file": "text"}, {"other": good}, {"file": [good, good]}):
        told = api.post(PHOTOS, data)
        assert told.status_code == 400, data
        assert told.json()["errors"][0]["field"] in {"file", "other"}
    assert upload(api, picture(), more="x").status_code == 400
    assert not Attachment.objects.exists()


def test_too_large_is_refused_before_and_while_it_is_read(
    district: District, api: APIClient
) -> None:
    large = picture() + b"\0" * attachments.MOST_BYTES
    told = upload(api, large)
    assert (told.status_code, told.json()["errors"][0]["field"]) == (413, "file")
    told = api.post(PHOTOS, {"file": SimpleUploadedFile("x.jpg", large)}, CONTENT_LENGTH="100")
    assert 400 <= told.status_code < 500
