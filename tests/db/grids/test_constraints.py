"""What the database itself refuses, asked by raw SQL or the ORM past every form."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.gis.geos import Point, Polygon
from django.db import DatabaseError, connection, transaction
from psycopg.types.range import TimestamptzRange

from gis.ledger.models import AuditEvent, Token
from gis.ledger.services import audit
from grids.choices import EditionState, PostKind, Role
from grids.models import Block, Edition, Grid, GridBlock, Leave, Place, Region, Station, Unit
from tests.factories import BEGAN, CHANGED, District, make_leave, make_post, make_user

LATER = datetime(2031, 1, 1, tzinfo=UTC)
BOX = "((120.40 36.06, 120.41 36.06, 120.41 36.07, 120.40 36.07, 120.40 36.06))"


def refused(name: str, act: Callable[[], object]) -> None:
    """`act` breaks the constraint `name`, and leaves nothing."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        act()
    cause = caught.value.__cause__
    found = getattr(getattr(cause, "diag", None), "constraint_name", None)
    assert found == name, f"{found}: {cause}"


def sql(statement: str, *values: str | float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def without_trigger(table: str) -> None:
    """The envelope's trigger asks first: without it one sees that the CHECK refuses too."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql(f"ALTER TABLE grids_{table} DISABLE TRIGGER {table}_inside_envelope")


# Well-known text, and what is wrong with it.
BAD_AREAS = {
    "bowtie": "MULTIPOLYGON(((0 0, 1 1, 1 0, 0 1, 0 0)))",
    "spike": "MULTIPOLYGON(((120.40 36.06, 120.41 36.06, 120.40 36.06, 120.40 36.06)))",
    "overlapping parts": f"MULTIPOLYGON({BOX}, {BOX})",
    "empty": "MULTIPOLYGON EMPTY",
    "not a number": "MULTIPOLYGON(((NaN 36.06, 120.41 36.06, 120.41 36.07, NaN 36.06)))",
    "out of range": "MULTIPOLYGON(((120 91, 121 91, 121 92, 120 91)))",
}


@pytest.mark.parametrize("wkt", BAD_AREAS.values(), ids=BAD_AREAS.keys())
@pytest.mark.parametrize("table", ["grid", "region"])
def test_bad_ground_is_refused(district: District, table: str, wkt: str) -> None:
    row = (Grid if table == "grid" else Region).objects.filter(edition=district.draft)[0]
    statement = f"UPDATE grids_{table} SET geometry = ST_GeomFromText(%s, 4326) WHERE id = %s"
    without_trigger(table)
    refused(f"{table}_geometry_sound", lambda: sql(statement, wkt, row.pk))


@pytest.mark.parametrize("x", ["'NaN'", "'Infinity'", "'-Infinity'", "181", "-180.1"])
def test_a_bad_position_is_refused(district: District, x: str) -> None:
    without_trigger("station")
    statement = f"UPDATE grids_station SET position = ST_SetSRID(ST_MakePoint({x}, 36), 4326)"
    refused("station_position_sound", lambda: sql(statement))


@pytest.mark.parametrize(
    ("wkt", "srid", "said"),
    [
        ("MULTIPOLYGON Z (((0 0 1, 1 0 1, 1 1 1, 0 0 1)))", 4326, "Z dimension"),
        ("POINT(120.4 36.06)", 4326, "type"),
        (f"MULTIPOLYGON({BOX})", 3857, "SRID"),
    ],
)
def test_a_column_takes_its_type_only(district: District, wkt: str, srid: int, said: str) -> None:
    statement = "UPDATE grids_grid SET geometry = ST_GeomFromText(%s, %s)"
    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        sql(statement, wkt, srid)


def test_ground_lies_in_the_envelope_of_its_place(district: District) -> None:
    away = "MULTIPOLYGON(((116 39, 117 39, 117 40, 116 39)))"
    grid, region = district.draft.grids.all()[0], district.draft.regions.all()[0]
    for table, pk in (("grid", grid.pk), ("region", region.pk)):
        statement = f"UPDATE grids_{table} SET geometry = ST_GeomFromText(%s, 4326) WHERE id = %s"
        refused(f"grids_{table}_inside_envelope", lambda s=statement, k=pk: sql(s, away, k))  # type: ignore[misc]
    station = district.stations[0]
    station.position = Point(116, 39, srid=4326)
    refused("grids_station_inside_envelope", station.save)
    outline = Polygon.from_bbox((116, 39, 116.1, 39.1))
    block = Block(place=district.place, code="B", kind="parcel", geometry=outline, area_m2=1)
    refused("grids_block_inside_envelope", block.save)


# --- editions --------------------------------------------------------------------------------
def test_one_edition_is_in_force(district: District) -> None:
    second = Edition(
        place=district.place,
        name="x",
        state=EditionState.IN_FORCE,
        in_force=TimestamptzRange(BEGAN - timedelta(days=9), BEGAN),
    )
    refused("edition_one_in_force", second.save)


def test_editions_that_lived_do_not_overlap_in_time(district: District) -> None:
    during = TimestamptzRange(BEGAN, BEGAN + timedelta(days=1))
    row = Edition(place=district.place, name="x", state=EditionState.SUPERSEDED, in_force=during)
    refused("edition_no_overlap_in_time", row.save)
    # Side by side is no overlap: the end is not included.
    row.in_force = TimestamptzRange(BEGAN - timedelta(days=1), BEGAN)
    row.save()


@pytest.mark.parametrize("during", [None, TimestamptzRange(None, CHANGED)])
def test_a_published_edition_has_a_beginning(district: District, during: object) -> None:
    row = Edition(place=district.place, name="x", state=EditionState.SCHEDULED, in_force=during)
    refused("edition_published_has_time", row.save)


def test_states_kinds_and_levels_are_known(district: District) -> None:
    for table, column, name in [
        ("edition", "state", "edition_state_known"),
        ("unit", "kind", "unit_kind_known"),
        ("station", "level", "station_level_known"),
        ("lineage", "relation", "lineage_relation_known"),
        ("post", "kind", "post_kind_known"),
        ("region", "level", "region_level_known"),
        ("grid", "kind", "grid_kind_known"),
    ]:
        held = "in_force IS NOT NULL" if table == "edition" else "TRUE"
        statement = f"UPDATE grids_{table} SET {column} = 'x' WHERE {held}"
        refused(name, lambda s=statement: sql(s))  # type: ignore[misc]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE grids_grid SET geometry = ST_Translate(geometry, 0.0001, 0)",
        "UPDATE grids_grid SET code = code || 'x'",
        "DELETE FROM grids_grid",
        "UPDATE grids_region SET geometry = ST_Translate(geometry, 0.0001, 0)",
        "UPDATE grids_region SET code = code || 'x'",
        "DELETE FROM grids_region",
    ],
)
@pytest.mark.parametrize("name", ["2021", "2022"])
def test_published_ground_stays_as_it_is(district: District, name: str, statement: str) -> None:
    edition = Edition.objects.get(name=name)
    refused("edition_is_fixed", lambda: sql(f"{statement} WHERE edition_id = %s", edition.pk))


def test_a_published_edition_takes_no_new_grid_but_new_counts(district: District) -> None:
    grid = district.cell(0, 0)
    row = Grid(
        edition=district.now,
        code="new",
        name="n",
        geometry=grid.geometry,
        label=grid.label,
        area_m2=1,
    )
    refused("edition_is_fixed", row.save)
    Grid.objects.filter(edition=district.now).update(households=1)


def test_blocks_of_a_published_edition_stay_together(district: District) -> None:
    grid = district.cell(0, 0)
    block = Block.objects.create(
        place=district.place, code="B", kind="parcel", geometry=grid.geometry[0], area_m2=1
    )
    row = GridBlock(edition=district.now, grid=grid, block=block)
    refused("edition_is_fixed", row.save)


def test_a_block_is_in_one_grid_of_an_edition(district: District) -> None:
    first, second = district.draft.grids.order_by("code")[:2]
    block = Block.objects.create(
        place=district.place, code="B", kind="parcel", geometry=first.geometry[0], area_m2=1
    )
    GridBlock.objects.create(edition=district.draft, grid=first, block=block)
    row = GridBlock(edition=district.draft, grid=second, block=block)
    refused("block_in_one_grid", row.save)


def test_codes_and_names_are_given_once(district: District) -> None:
    grid, region = district.draft.grids.all()[0], district.draft.regions.all()[0]
    unit, station = Unit.objects.all()[0], Station.objects.all()[0]
    place = Place.objects.get()
    draft = district.draft
    for row, name in [
        (grid, "grid_code_once"),
        (region, "region_code_once"),
        (unit, "unit_code_once"),
        (station, "station_code_once"),
        (draft, "edition_name_once"),
    ]:
        row.pk = None
        refused(name, row.save)
    place.pk = None
    refused("grids_place_code_key", place.save)


def test_a_region_has_one_identity_in_an_edition_and_a_subdistrict_no_parent(
    district: District,
) -> None:
    first, second = district.draft.regions.order_by("code")[:2]
    identity = {"identity": first.identity}
    refused(
        "region_identity_once",
        lambda: Region.objects.filter(pk=second.pk).update(**identity),
    )
    refused(
        "region_subdistrict_is_top",
        lambda: Region.objects.filter(pk=first.pk).update(level="subdistrict", parent=second),
    )


@pytest.mark.parametrize("table", ["grid", "region"])
def test_ground_has_an_area(district: District, table: str) -> None:
    refused(f"{table}_has_area", lambda: sql(f"UPDATE grids_{table} SET area_m2 = 0"))


def test_lineage_shares_are_shares(district: District) -> None:
    for share in (-0.01, 1.01, float("nan")):
        refused(
            "lineage_share_in_range",
            lambda s=share: sql("UPDATE grids_lineage SET area_share_of_old = %s", s),  # type: ignore[misc]
        )
    row = district.old.grids.all()[0].successors.all()[0]
    row.pk = None
    refused("lineage_once", row.save)


# --- people ----------------------------------------------------------------------------------
def test_a_grid_has_one_principal_at_a_time(district: District) -> None:
    grid, other = district.cell(0, 0), make_user("other", district.place)
    refused(
        "post_one_principal_per_grid",
        lambda: make_post(other, Role.WORKER, grid=grid, since=LATER),
    )
    make_post(other, Role.WORKER, kind=PostKind.DEPUTY, grid=grid)
    make_post(other, Role.WORKER, grid=grid, since=BEGAN - timedelta(days=9), until=BEGAN)


def test_a_post_is_on_one_thing_that_fits_its_role(district: District) -> None:
    user = make_user("other", district.place)
    grid, unit = district.cell(1, 1), district.units["centre"]
    region = district.now.regions.all()[0]
    deputy = PostKind.DEPUTY
    for held in ({}, {"grid": grid, "unit": unit}, {"grid": grid, "region": region}):
        refused(
            "post_on_exactly_one",
            lambda h=held: make_post(user, Role.WORKER, kind=deputy, **h),  # type: ignore[misc]
        )
    for role, on in [
        (Role.WORKER, {"unit": unit}),
        (Role.LEADER, {"grid": grid}),
        ("x", {"unit": unit}),
    ]:
        refused(
            "post_role_fits_scope",
            lambda r=role, h=on: make_post(user, r, kind=deputy, **h),  # type: ignore[misc]
        )
    refused(
        "post_has_time",
        lambda: make_post(user, Role.WORKER, kind=deputy, grid=grid, since=BEGAN, until=BEGAN),
    )


def test_leave_is_once_at_a_time_and_lasts(district: District) -> None:
    user = district.users["worker"]
    Leave.objects.filter(user=user).delete()
    make_leave(user, BEGAN, CHANGED)
    refused("leave_once_at_a_time", lambda: make_leave(user, BEGAN, BEGAN + timedelta(days=1)))
    refused("leave_has_time", lambda: make_leave(user, CHANGED, CHANGED))


def test_a_place_has_one_default_unit_and_one_office_for_a_region(district: District) -> None:
    row = {"place": district.place, "name": "x"}
    kind = "department"
    refused(
        "unit_one_default",
        lambda: Unit.objects.create(**row, code="x", kind=kind, is_default=True),
    )
    office = Unit.objects.exclude(region_code="")[0]
    refused(
        "unit_one_office_per_region",
        lambda: Unit.objects.create(
            **row, code="x", kind=office.kind, region_code=office.region_code
        ),
    )


def test_a_place_works_forwards_and_snaps_by_no_more_than_a_kilometre(district: District) -> None:
    refused("place_work_hours", lambda: sql("UPDATE grids_place SET work_until = work_from"))
    for tolerance in (-1, 1001, float("nan")):
        refused(
            "place_snap_tolerance",
            lambda t=tolerance: sql("UPDATE grids_place SET snap_tolerance_m = %s", t),  # type: ignore[misc]
        )


# --- ledger ----------------------------------------------------------------------------------
def test_an_audit_event_is_neither_changed_nor_deleted_nor_repeated(district: District) -> None:
    event = audit.record(chain="c", action="a", at=CHANGED)
    refused("audit_append_only", lambda: sql("UPDATE ledger_auditevent SET action = 'b'"))
    refused("audit_append_only", lambda: sql("DELETE FROM ledger_auditevent"))
    again = {"chain": "c", "sequence": event.sequence, "at": CHANGED, "action": "a"}
    refused("audit_sequence_once", lambda: AuditEvent.objects.create(**again))


def test_a_token_has_a_lifetime(district: District) -> None:
    row = Token(user=district.users["worker"], digest="d", issued_at=CHANGED, expires_at=CHANGED)
    refused("token_has_lifetime", row.save)
