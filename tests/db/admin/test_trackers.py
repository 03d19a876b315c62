"""The secret of a tracker app is shown once, to who issued it, and ended by the list."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from gis.ledger.models import AuditEvent
from grids.models import User
from patrols.models import Retention, Tracker
from patrols.services.trackers import tracker_of
from tests.db.admin.test_writes import said
from tests.factories import WEST, District, make_district, make_user

LIST, ADD = "admin:patrols_tracker_changelist", "admin:patrols_tracker_add"


def issue(desk: Client, worker: User, device: str) -> str:
    answer = desk.post(reverse(ADD), {"worker": worker.pk, "device": device})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    found = re.search(r'<code id="secret">([^<]+)</code>', said(answer))
    assert found, said(answer)
    return found[1]


def test_a_secret_is_shown_once_and_ended(desk: Client, root: User, district: District) -> None:
    worker = district.users["worker"]
    secret = issue(desk, worker, "车载 1")
    held = tracker_of(secret)
    assert held is not None
    assert (held.worker, held.device) == (worker, "车载 1")
    listed = said(desk.get(reverse(LIST)))
    assert "车载 1" in listed
    assert secret not in listed
    assert secret not in said(desk.get(reverse("admin:patrols_tracker_change", args=[held.pk])))
    second = issue(desk, worker, "车载 1")
    assert (tracker_of(secret), tracker_of(second) is None) == (None, False)
    keys = list(Tracker.objects.values_list("pk", flat=True))
    answer = desk.post(
        reverse(LIST), {"action": "end", "_selected_action": keys, "index": 0}, follow=True
    )
    assert "已停用 1 个轨迹器。" in said(answer)
    assert tracker_of(second) is None
    events = AuditEvent.objects.filter(chain=f"user:{worker.pk}").order_by("sequence")
    assert [(one.action, one.actor_id) for one in events] == [
        ("tracker.issued", root.pk), ("tracker.issued", root.pk), ("tracker.ended", root.pk),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "device", "reason"),
    [("leader", "x", "不是网格员"), ("worker", "", "必填"), ("worker", "x" * 41, "40")],
)
def test_what_cannot_have_one_is_said(
    desk: Client, district: District, role: str, device: str, reason: str
) -> None:
    values = {"worker": district.users[role].pk, "device": device}
    assert reason in said(desk.post(reverse(ADD), values))
    assert not Tracker.objects.exists()


def test_only_those_of_the_own_place_are_listed(desk: Client, district: District) -> None:
    issue(desk, district.users["worker"], "车载 7")
    other = make_district("370298", west=WEST + 1)
    clerk = make_user("clerk", other.place, is_staff=True, is_superuser=False)
    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label="patrols"))
    client = Client()
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    assert "车载 7" not in said(client.get(reverse(LIST)))
    answer = client.post(reverse(ADD), {"worker": district.users["worker"].pk, "device": "x"})
    assert Tracker.objects.count() == 1, said(answer)


def test_what_is_kept_too_shortly_is_said(desk: Client, district: District) -> None:
    values = {
        "place": district.place.pk, "raw_days": 30, "fine_m": 2, "coarse_days": 30,
        "coarse_m": 20, "track_days": 365,
    }  # fmt: skip
    add = reverse("admin:patrols_retention_add")
    assert "16" in said(desk.post(add, {**values, "raw_days": 7}))
    assert "不应早于原始轨迹点的删除" in said(desk.post(add, {**values, "coarse_days": 20}))
    assert not Retention.objects.exists()
    assert desk.post(add, values).status_code == 302
    row = Retention.objects.get()
    assert (row.raw_days, row.track_days) == (30, 365)
    assert AuditEvent.objects.filter(chain=f"retention:{row.pk}").exists()
