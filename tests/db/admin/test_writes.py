"""What the admin writes, refuses and records."""

import html
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gis.ledger.models import AuditEvent
from grids.admin.geometry import as_text
from grids.admin.messages import WRONG
from grids.choices import EditionState, PostKind, Role
from grids.models import Block, Edition, Grid, Place, Post, Station, User
from tests.factories import District, make_user

NO_BLOCKS = {
    "grid_blocks-TOTAL_FORMS": "0",
    "grid_blocks-INITIAL_FORMS": "0",
}


def said(answer: Any) -> str:
    """All that a page says, entities undone."""
    return html.unescape(answer.content.decode())


def change(desk: Client, row: Any, values: Mapping[str, Any]) -> Any:
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return desk.post(address, values)


def grid_values(grid: Grid, **other: object) -> dict[str, object]:
    return {
        "region": grid.region_id,
        "code": grid.code,
        "name": grid.name,
        "kind": grid.kind,
        "households": grid.households,
        "people": grid.people,
        "geometry": as_text(grid.geometry),
        **NO_BLOCKS,
        **other,
    }


def station_values(station: Station, **other: object) -> dict[str, object]:
    return {
        "place": station.place_id,
        "code": station.code,
        "name": station.name,
        "level": station.level,
        "position": as_text(station.position),
        "address": "",
        **other,
    }


def test_a_draft_grid_is_changed_and_measured_and_recorded(
    district: District, desk: Client, root: User
) -> None:
    grid = district.draft.grids.order_by("code")[0]
    half = MultiPolygon(Polygon.from_bbox((120.40, 36.06, 120.405, 36.07)), srid=4326)
    answer = change(desk, grid, grid_values(grid, geometry=as_text(half), name="新名"))
    assert answer.status_code == 302, said(answer)
    grid.refresh_from_db()
    assert grid.geometry.equals_exact(half)
    assert 499_000 < grid.area_m2 < 501_500
    assert half.covers(grid.label)
    event = AuditEvent.objects.get(chain=f"grid:{grid.pk}")
    assert (event.action, event.actor) == ("grid.changed", root)
    assert sorted(event.data["fields"]) == ["geometry", "name"]


def test_published_ground_is_shown_with_the_reason_and_not_changed(
    district: District, desk: Client
) -> None:
    rows: list[Any] = [
        district.cell(0, 0),
        district.old.grids.all()[0],
        district.now.regions.all()[0],
    ]
    for row in rows:
        address = reverse(f"admin:grids_{row._meta.model_name}_change", args=[row.pk])
        page = said(desk.get(address))
        assert "界线只能由新版本取代" in page
        assert 'name="geometry"' not in page
        assert "data-ground" in page
        assert change(desk, row, {"name": "改"}).status_code == 403
        assert desk.post(address.replace("change", "delete"), {"post": "yes"}).status_code == 403
        row.refresh_from_db()
        assert row.name != "改"


def test_a_block_is_free_until_an_edition_of_it_is_published(
    district: District, desk: Client, block: Block
) -> None:
    address = reverse("admin:grids_block_change", args=[block.pk])
    assert 'name="geometry"' in said(desk.get(address))
    Edition.objects.filter(pk=district.draft.pk).update(
        state=EditionState.SCHEDULED, in_force=(timezone.now() + timedelta(days=9), None)
    )
    page = said(desk.get(address))
    assert 'name="geometry"' not in page
    assert "界线不能修改" in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense", "不是 JSON"),
        (json.dumps({"type": "Point", "coordinates": [36.1, 120.4]}), "经度、纬度"),
        (json.dumps({"type": "Point", "coordinates": [116.4, 39.9]}), "超出地区"),
        ('{"type": "Point", "coordinates": [NaN, 1]}', "有限"),
    ],
)
def test_a_bad_position_is_named_and_kept_for_correction(
    district: District, desk: Client, text: str, words: str
) -> None:
    station = district.stations[0]
    answer = change(desk, station, station_values(station, position=text))
    assert answer.status_code == 200
    page = said(answer)
    assert words in page
    assert text in page
    assert not AuditEvent.objects.filter(chain=f"station:{station.pk}").exists()


def test_a_station_is_moved(district: District, desk: Client) -> None:
    station = district.stations[0]
    position = Point(120.4012345, 36.0654321, srid=4326)
    answer = change(desk, station, station_values(station, position=as_text(position)))
    assert answer.status_code == 302, said(answer)
    station.refresh_from_db()
    assert station.position.equals_exact(position)


def test_constraints_are_told_in_words(district: District, desk: Client) -> None:
    grid = district.cell(0, 0)
    values = {
        "user": district.users["centre"].pk,
        "role": Role.WORKER,
        "kind": PostKind.PRINCIPAL,
        "grid": grid.pk,
        "during_0": "2023-01-01T00:00:00",
        "during_1": "",
        "note": "",
    }
    add = reverse("admin:grids_post_add")
    assert "已有同一角色的主责人员" in said(desk.post(add, values))
    assert "恰选一项" in said(desk.post(add, {**values, "unit": district.units["centre"].pk}))
    assert "角色与对象不符" in said(desk.post(add, {**values, "role": Role.LEADER}))
    same = {"during_0": "2023-01-01T00:00:00", "during_1": "2023-01-01T00:00:00"}
    assert "任期为空" in said(desk.post(add, {**values, **same, "kind": PostKind.DEPUTY}))
    assert desk.post(add, {**values, "kind": PostKind.DEPUTY}).status_code == 302
    assert Post.objects.filter(grid=grid, kind=PostKind.DEPUTY).count() == 1


def test_every_constraint_that_has_words_exists() -> None:
    models = apps.get_models()
    names = {constraint.name for model in models for constraint in model._meta.constraints}
    assert set(WRONG) <= names


def test_a_region_of_another_edition_is_refused(district: District, desk: Client) -> None:
    grid = district.draft.grids.all()[0]
    other = district.now.regions.get(code=grid.region.code)
    answer = change(desk, grid, grid_values(grid, region=other.pk))
    # The form offers no rows of the past; one that is in force can be chosen, and is refused.
    assert "属于另一版本" in said(answer)


def test_an_envelope_covers_what_is_there(district: District, desk: Client) -> None:
    place = district.place
    values = {
        "name": place.name,
        "name_en": "",
        "envelope": as_text(Polygon.from_bbox((120.40, 36.06, 120.41, 36.07))),
        "snap_tolerance_m": 30,
        "time_zone": "Mars/Olympus",
        "weekdays": [1, 2],
        "work_from": "09:00",
        "work_until": "08:00",
    }
    page = said(change(desk, place, values))
    assert "范围须包住它" in page
    assert "没有时区" in page
    values |= {"envelope": as_text(place.envelope), "time_zone": "Asia/Shanghai"}
    assert "下班应晚于上班" in said(change(desk, place, values))
    assert change(desk, place, values | {"work_until": "17:00"}).status_code == 302
    place.refresh_from_db()
    assert place.weekdays == [1, 2]


@pytest.mark.parametrize("srid", [4326, 4490, 99999, 2276])
def test_a_metric_system_is_metric(desk: Client, district: District, srid: int) -> None:
    page = said(desk.post(reverse("admin:grids_place_add"), {"code": "x1", "srid_m": srid}))
    assert "不是以米为单位" in page or "没有 EPSG" in page


def test_publishing_goes_through_the_service(district: District, desk: Client, root: User) -> None:
    changelist = reverse("admin:grids_edition_changelist")
    chosen = {"action": "publish", "_selected_action": [district.draft.pk]}
    asked = desk.post(changelist, chosen)
    assert asked.status_code == 200
    assert "生效时间" in said(asked)
    soon = timezone.localtime() + timedelta(days=2)
    desk.post(changelist, {**chosen, "at": soon.strftime("%Y-%m-%dT%H:%M")})
    district.draft.refresh_from_db()
    assert district.draft.state == EditionState.SCHEDULED
    assert district.draft.published_by == root
    desk.post(changelist, {"action": "cancel", "_selected_action": [district.draft.pk]})
    district.draft.refresh_from_db()
    assert district.draft.state == EditionState.CANCELLED


def test_a_refused_publication_says_why(district: District, desk: Client) -> None:
    changelist = reverse("admin:grids_edition_changelist")
    empty = Edition.objects.create(place=district.place, name="empty")
    values = {"action": "publish", "_selected_action": [empty.pk], "at": "2030-01-01T00:00"}
    page = said(desk.post(changelist, values, follow=True))
    assert "没有网格" in page
    empty.refresh_from_db()
    assert empty.state == EditionState.DRAFT


def test_a_draft_is_deleted_with_its_ground_and_recorded(district: District, desk: Client) -> None:
    draft = district.draft.pk
    address = reverse("admin:grids_edition_delete", args=[draft])
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"post": "yes"}).status_code == 302
    assert not Edition.objects.filter(pk=draft).exists()
    assert AuditEvent.objects.get(chain=f"edition:{draft}").action == "edition.deleted"
    lived = reverse("admin:grids_edition_delete", args=[district.old.pk])
    assert desk.post(lived, {"post": "yes"}).status_code == 403


def test_what_only_the_database_sees_is_said_and_nothing_is_kept(
    district: District, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may publish between the question and the answer."""
    from grids.admin.territory import OfEditionAdmin

    monkeypatch.setattr(OfEditionAdmin, "is_draft", lambda *_: True)
    grid = district.cell(0, 0)
    shape = MultiPolygon(Polygon.from_bbox((120.40, 36.06, 120.405, 36.07)), srid=4326)
    answer = change(desk, grid, grid_values(grid, geometry=as_text(shape)))
    assert answer.status_code == 302
    assert "edition_is_fixed" in said(desk.get(answer["Location"]))
    grid.refresh_from_db()
    assert not grid.geometry.equals_exact(shape)


def local_admin(district: District) -> Client:
    """Staff of the district with every right on its tables, who is no superuser."""
    clerk = make_user("clerk", district.place, is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label="grids"))
    client = Client()
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_staff_see_their_own_place(district: District) -> None:
    other = Place.objects.create(
        code="other",
        name="外区",
        envelope=Polygon.from_bbox((110, 30, 111, 31)),
        srid_m=4547,
    )
    station = other.stations.create(
        code="X", name="外站", level="grid", position=Point(110.5, 30.5)
    )
    stranger = make_user("stranger", other)
    clerk = local_admin(district)
    for row in (other, station, stranger):
        name = row._meta.model_name
        assert clerk.get(reverse(f"admin:grids_{name}_change", args=[row.pk])).status_code == 302
        page = said(clerk.get(reverse(f"admin:grids_{name}_changelist")))
        assert "外区" not in page
        assert "外站" not in page
        assert "stranger" not in page


def test_staff_cannot_make_themselves_more_than_they_are(district: District, root: User) -> None:
    clerk = local_admin(district)
    worker = district.users["worker"]
    values = {
        "username": worker.username,
        "full_name": "改名",
        "is_active": "on",
        "is_superuser": "on",
        "posts-TOTAL_FORMS": "0",
        "posts-INITIAL_FORMS": "0",
    }
    answer = change(clerk, worker, values)
    assert answer.status_code == 302, said(answer)
    worker.refresh_from_db()
    assert (worker.full_name, worker.is_superuser) == ("改名", False)
    User.objects.filter(pk=root.pk).update(place=district.place)
    assert change(clerk, root, values).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    assert clerk.get(password).status_code == 403


def test_a_password_change_is_recorded_without_it(district: District, desk: Client) -> None:
    worker = district.users["worker"]
    values = {
        "usable_password": "true",
        "password1": "long-Enough-77",
        "password2": "long-Enough-77",
    }
    answer = desk.post(reverse("admin:auth_user_password_change", args=[worker.pk]), values)
    assert answer.status_code == 302, said(answer)
    event = AuditEvent.objects.get(chain=f"user:{worker.pk}")
    assert event.action == "user.password-changed"
    assert "long-Enough" not in json.dumps(event.data)


def test_the_ledger_is_read_only(district: District, desk: Client) -> None:
    for name in ("auditevent", "outboxmessage", "token", "heartbeat"):
        assert desk.get(reverse(f"admin:ledger_{name}_add")).status_code == 403
