"""Every page opens, asks no other host, runs no inline script, loads no ground in lists."""

import re
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from psycopg.types.range import DateRange
from pytest_django import Settings
from rest_framework.test import APIClient

from gis.ledger.models import Heartbeat, OutboxMessage
from gis.ledger.services import attachments, outbox, tokens
from grids.models import Block, Grid, GridBlock, NamedPlace, User
from incidents.models import (
    Appeal,
    Assignment,
    Attribution,
    CaseScore,
    Channel,
    ChannelPartner,
    Clock,
    Contact,
    DefaultSpot,
    DuplicateRule,
    DutyShift,
    Handover,
    Holiday,
    Limit,
    NotDuplicate,
    Note,
    Notice,
    PartnerReport,
    Report,
    Request,
    Responsibility,
    Rule,
    Satisfaction,
    SavedFilter,
    Supervision,
)
from tests.db.incidents.conftest import a_report, make_channels, send
from tests.factories import CHANGED, District, make_leave, make_user
from tests.lived import set_up_scheme
from tests.loop import make_case
from tests.pictures import picture

OURS = [m for m in apps.get_models() if m._meta.app_label in {"grids", "incidents", "ledger"}]
LISTED = [m for m in OURS if m in admin.site._registry]
NAMES = [f"{m._meta.app_label}_{m._meta.model_name}" for m in LISTED]
EDITED = {f"incidents_{n}" for n in ("limit", "holiday", "responsibility", "rule", "duplicaterule")}
# Words that a page may hold without asking anybody: names of namespaces.
OTHER_HOST = re.compile(r"""(?:src|href|url\()\s*=?\s*["']?(?:https?:)?//""")
INLINE = re.compile(
    r"<script(?![^>]*(?:\bsrc=|type=\"application/json\"))[^>]*>\s*\S|\son[a-z]+=\""
)


@pytest.fixture
def full(
    district: District, root: User, block: Block, settings: Settings, tmp_path: Path
) -> District:
    """A row in every table that has a page."""
    settings.MEDIA_ROOT = tmp_path
    make_leave(district.users["worker"], CHANGED, CHANGED.replace(year=2023))
    tokens.issue(user=root, now=CHANGED)
    Heartbeat.objects.create(part="worker", beaten_at=CHANGED)
    OutboxMessage.objects.create(topic="t", payload={}, created_at=CHANGED, due_at=CHANGED)
    NamedPlace.objects.create(
        place=district.place, name="亚麦山城", position=Point(*district.centre(0, 0)), accuracy_m=9
    )
    make_channels()
    photo = attachments.store(raw=picture(), by=None, now=timezone.now())
    told = send(APIClient(), a_report(photos=[str(photo.pk)], reporter={"name": "某"}))
    assert told.status_code == 201
    partner = ChannelPartner.objects.create(channel=Channel.objects.get(code="hotline"), name="某")
    PartnerReport.objects.create(report=Report.objects.get(), partner=partner)
    outbox.relay(now=timezone.now())
    make_lists(district, root)
    make_assessment(district, root)
    return district


def make_lists(district: District, root: User) -> None:
    """A row in every table that rules how cases are handled."""
    place, unit = district.place, district.units["department"]
    two_days = {"amount": 2, "amount_unit": "working_days"}
    Limit.objects.create(place=place, step="handle", **two_days)
    Holiday.objects.create(place=place, day=date(2026, 10, 1), kind="holiday", name="国庆节")
    Responsibility.objects.create(
        place=place, category_code="S0101", lead=unit, valid=DateRange(date(2022, 1, 1)), **two_days
    )
    Rule.objects.create(place=place, name="规则", unit=unit, category_codes=["S0101"])
    DuplicateRule.objects.create(place=place)
    spot = Point(*district.centre(0, 0), srid=4326)
    DefaultSpot.objects.create(place=place, position=spot, cases=60, share=0.1)
    pair = sorted((make_case(district).pk, make_case(district).pk))
    NotDuplicate.objects.create(one_id=pair[0], other_id=pair[1], by=root, at=timezone.now())


def make_assessment(district: District, root: User) -> None:
    """A row in every table of the assessment."""
    place, unit, now = district.place, district.units["department"], timezone.now()
    scheme = set_up_scheme(place)
    parts = {"responsiveness": 30, "closure": 40, "satisfaction": 30, "score": 100}
    score = CaseScore.objects.create(
        incident=make_case(district), closing=1, sequence=1, scheme=scheme, kind="livelihood",
        closed_at=now, scored_at=now, lines=[], counts=True, unit=unit, **parts,
    )  # fmt: skip
    Appeal.objects.create(score=score, unit=unit, reason="有误", asked_by=root, asked_at=now)
    Notice.objects.create(
        place=place, key=uuid4(), unit=unit, reason="低于阈值", issued_by=root, issued_at=now,
        reply_due_at=now + timedelta(days=1),
    )  # fmt: skip


def test_every_table_has_a_page_but_the_vault_and_rows_of_others() -> None:
    of_case = {Assignment, Attribution, Clock, Note, Request, Supervision, Satisfaction}
    of_desk = {DutyShift, Handover, SavedFilter}
    rest = {GridBlock, Contact, *of_case, *of_desk}
    assert {m for m in OURS if m not in admin.site._registry} == rest


@pytest.mark.parametrize("name", NAMES)
def test_lists_add_and_change_pages_open(full: District, desk: Client, name: str) -> None:
    model = apps.get_model(name.replace("_", "."))
    row = model._default_manager.first()
    assert row is not None
    addresses = [
        reverse(f"admin:{name}_changelist"),
        reverse(f"admin:{name}_changelist") + "?q=1",
        reverse(f"admin:{name}_change", args=[row.pk]),
        reverse(f"admin:{name}_history", args=[row.pk]),
    ]
    if name in EDITED or (name.startswith("grids_") and name != "grids_lineage"):
        addresses.append(reverse(f"admin:{name}_add"))
    for address in addresses:
        answer = desk.get(address)
        assert answer.status_code == 200, address
        page = answer.content.decode()
        assert not OTHER_HOST.search(page), address
        assert not INLINE.search(page), address
        assert "'unsafe-inline'" not in answer["Content-Security-Policy"].split("style-src-attr")[0]


@pytest.mark.parametrize("name", ["grids_region", "grids_grid", "grids_lineage", "grids_post"])
def test_a_list_loads_no_ground(full: District, desk: Client, name: str) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        desk.get(reverse(f"admin:{name}_changelist"))
    assert not [q["sql"] for q in asked if '"geometry"::bytea' in q["sql"] or '"label"' in q["sql"]]


def test_a_list_asks_as_much_for_many_rows_as_for_few(full: District, desk: Client) -> None:
    def asked(name: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(reverse(f"admin:{name}_changelist")).status_code == 200
        return len(queries)

    names = ["grids_grid", "grids_post", "grids_user", "grids_station", "ledger_auditevent"]
    before = {name: asked(name) for name in names}
    for number in range(8):
        user = make_user(f"more-{number}", full.place)
        tokens.issue(user=user, now=CHANGED)
        grid = full.draft.grids.order_by("code")[number]
        user.posts.create(role="worker", grid=grid, during=(CHANGED, None))
        Grid.objects.create(
            edition=full.draft,
            region=grid.region,
            code=f"M{number}",
            name="多",
            geometry=grid.geometry,
            label=grid.label,
            area_m2=1,
        )
        full.place.stations.create(
            code=f"M{number}", name="站", level="grid", position=full.stations[0].position
        )
    assert {name: asked(name) for name in names} == before


def test_choices_leave_the_past_out(full: District, desk: Client) -> None:
    fields = {"app_label": "grids", "model_name": "post", "field_name": "grid"}
    answer = desk.get(reverse("admin:autocomplete"), {**fields, "term": "001001001"}).json()
    chosen = Grid.objects.filter(pk__in=[int(row["id"]) for row in answer["results"]])
    assert {grid.edition.name for grid in chosen} == {"2022", "2027"}


@pytest.mark.parametrize(
    "query",
    [
        "?edition=x",
        "?kind__exact=%00",
        "?q=%00",
        "?p=99999999999",
        "?area_m2__gt=x",
        "?edition=" + "9" * 40,
        "?subdistrict=%00",
    ],
)
def test_filters_stand_bad_values(full: District, desk: Client, query: str) -> None:
    assert desk.get(reverse("admin:grids_grid_changelist") + query).status_code in {200, 302, 400}


def test_who_is_no_staff_is_sent_away(district: District) -> None:
    client = Client()
    client.force_login(
        district.users["worker"], backend="django.contrib.auth.backends.ModelBackend"
    )
    assert client.get(reverse("admin:grids_grid_changelist")).status_code == 302
