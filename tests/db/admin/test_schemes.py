"""A version of the assessment scheme is added in the administration, and none is edited."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gis.ledger.models import AuditEvent
from incidents.models import Scheme
from tests.factories import District, make_user
from tests.lived import set_up_scheme

pytestmark = pytest.mark.django_db


def test_a_version_is_added_and_none_is_edited(district: District) -> None:
    set_up_scheme(district.place)
    old = Scheme.objects.get()
    client = Client()
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    day = timezone.localdate() + timedelta(days=1)
    sent = {
        "place": district.place.pk, "name": "第二版", "first_day": day.isoformat(), "minimum": 12,
        "weights": json.dumps(old.weights), "thresholds": json.dumps(old.thresholds),
    }  # fmt: skip
    path = "/admin/incidents/scheme/add/"
    assert client.get(path).status_code == 200
    late = client.post(path, {**sent, "first_day": "2020-01-01"})
    assert late.status_code == 200
    assert Scheme.objects.count() == 1
    assert client.post(path, sent).status_code == 302
    new, former = Scheme.objects.order_by("-valid")
    assert (new.valid.lower, former.valid.upper, former.pk) == (day, day, old.pk)
    assert AuditEvent.objects.filter(action="scheme.added").count() == 2
    page = client.get(f"/admin/incidents/scheme/{old.pk}/change/")
    assert page.status_code == 200
    assert client.post(f"/admin/incidents/scheme/{old.pk}/change/", sent).status_code == 403
    for name in ("casescore", "appeal", "notice"):
        assert client.get(f"/admin/incidents/{name}/").status_code == 200
