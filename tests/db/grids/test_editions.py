"""The life of an edition, and what happens to the posts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.gis.geos import Point

from gis.ledger.models import AuditEvent, OutboxMessage
from grids.choices import EditionState, PostKind, Role
from grids.models import Edition, Grid, Post, Region, User
from grids.services import editions
from grids.tasks import activate_due
from tests.factories import BEGAN, CHANGED, District, make_post, make_user, square

NOW = datetime(2026, 11, 2, 2, tzinfo=UTC)
SOON = NOW + timedelta(days=3)


def copy_regions(district: District, edition: Edition) -> None:
    edition.regions.all().delete()
    copies: dict[int, Region] = {}
    for region in district.now.regions.order_by("level", "code").reverse():
        copies[region.pk] = Region.objects.create(
            edition=edition, identity=region.identity, level=region.level, code=region.code,
            name=region.name, geometry=region.geometry, area_m2=region.area_m2,
            parent=copies.get(region.parent_id or 0),
        )  # fmt: skip


def fresh(district: District, name: str, cells: dict[str, tuple[int, int, int]]) -> Edition:
    """A draft whose grids are rectangles of the lattice: code → (column, row, width in cells)."""
    edition = Edition.objects.create(place=district.place, name=name)
    copy_regions(district, edition)
    for code, (column, row, width) in cells.items():
        west, south = 120.40 + 0.01 * column, 36.06 + 0.01 * row
        Grid.objects.create(
            edition=edition, code=code, name=code, area_m2=1e6 * width,
            geometry=square(west, south, 0.01 * width, 0.01),
            label=Point(west + 0.005, south + 0.005, srid=4326),
        )  # fmt: skip
    return edition


@pytest.mark.django_db
def test_a_plan_waits_for_its_instant(district: District) -> None:
    draft = fresh(district, "next", {"N1": (0, 0, 4)})
    planner = district.users["planner"]
    published = editions.publish(edition=draft, at=SOON, by=planner, now=NOW)
    assert (published.state, published.published_by) == (EditionState.SCHEDULED, planner)
    assert Edition.objects.in_force(district.place) == district.now
    assert editions.activate_due(SOON - timedelta(seconds=1)) == []
    assert editions.activate_due(SOON) == [draft]
    assert Edition.objects.in_force(district.place) == draft
    district.now.refresh_from_db()
    assert district.now.state == EditionState.SUPERSEDED
    assert district.now.in_force.lower == CHANGED
    assert district.now.in_force.upper == SOON


@pytest.mark.django_db
def test_beat_brings_into_force_what_is_overdue(district: District) -> None:
    draft = fresh(district, "next", {"N1": (0, 0, 4)})
    past = datetime(2024, 1, 1, tzinfo=UTC)
    draft.state, draft.in_force = EditionState.SCHEDULED, (past, None)
    draft.save()
    activate_due()
    assert Edition.objects.in_force(district.place) == draft


@pytest.mark.django_db
def test_an_instant_in_the_past_takes_force_at_once(district: District) -> None:
    draft = fresh(district, "next", {"N1": (0, 0, 4)})
    at = NOW - timedelta(days=1)
    editions.publish(edition=draft, at=at, by=None, now=NOW)
    district.now.refresh_from_db()
    assert district.now.in_force.upper == at
    actions = AuditEvent.objects.filter(chain=f"place:{district.place.code}")
    assert [event.action for event in actions] == ["edition.published", "edition.in_force"]
    promised = OutboxMessage.objects.get(topic="grids.lineage")
    assert promised.payload == {"old": district.now.pk, "new": draft.pk}


@pytest.mark.django_db
def test_nothing_is_published_before_the_edition_in_force_began(district: District) -> None:
    draft = fresh(district, "next", {"N1": (0, 0, 4)})
    with pytest.raises(editions.EditionConflict, match="2022"):
        editions.publish(edition=draft, at=CHANGED, by=None, now=NOW)
    draft.refresh_from_db()
    assert draft.state == EditionState.DRAFT
    assert Edition.objects.in_force(district.place) == district.now


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cells", "reason"),
    [({}, "没有网格"), ({"N1": (0, 0, 2), "N2": (1, 0, 2)}, "N1、N2")],
)
def test_a_division_that_is_none_is_refused(
    district: District, cells: dict[str, tuple[int, int, int]], reason: str
) -> None:
    with pytest.raises(editions.EditionConflict, match=reason):
        editions.publish(edition=fresh(district, "next", cells), at=SOON, by=None, now=NOW)


@pytest.mark.django_db
def test_only_a_draft_is_published(district: District) -> None:
    with pytest.raises(editions.EditionConflict):
        editions.publish(edition=district.old, at=SOON, by=None, now=NOW)


@pytest.mark.django_db
def test_a_plan_is_cancelled_before_its_instant_and_not_after(district: District) -> None:
    draft = fresh(district, "next", {"N1": (0, 0, 4)})
    planner = district.users["planner"]
    editions.publish(edition=draft, at=SOON, by=planner, now=NOW)
    with pytest.raises(editions.EditionConflict):
        editions.cancel(edition=draft, by=planner, now=SOON)
    assert editions.cancel(edition=draft, by=planner, now=NOW).state == EditionState.CANCELLED
    assert editions.activate_due(SOON) == []


@pytest.mark.django_db
def test_the_digest_follows_the_content(district: District) -> None:
    one = fresh(district, "one", {"N1": (0, 0, 2), "N2": (2, 0, 2)})
    two = fresh(district, "two", {"N1": (0, 0, 2), "N2": (2, 0, 2)})
    assert editions.content_digest(one) == editions.content_digest(two)
    Grid.objects.filter(edition=two, code="N2").update(geometry=square(120.42, 36.06, 0.01, 0.01))
    assert editions.content_digest(one) != editions.content_digest(two)


def open_posts(user: User) -> list[Post]:
    return list(Post.objects.filter(user=user).at(SOON).order_by("pk"))


@pytest.mark.django_db
def test_a_post_stays_with_its_code(district: District) -> None:
    worker = district.users["worker"]
    code = district.cell(0, 0).code
    # The code lives on elsewhere in the lattice: the code decides, not the ground.
    draft = fresh(district, "next", {code: (0, 1, 2), "N2": (0, 0, 2)})
    editions.publish(edition=draft, at=SOON, by=None, now=NOW)
    editions.activate_due(SOON)
    (post,) = open_posts(worker)
    assert post.grid is not None
    assert (post.grid.code, post.grid.edition) == (code, draft)
    former = Post.objects.get(user=worker, grid=district.cell(0, 0))
    assert (former.during.lower, former.during.upper) == (BEGAN, SOON)


@pytest.mark.django_db
def test_where_the_code_is_gone_the_ground_decides_and_one_principal_stays(
    district: District,
) -> None:
    second = make_user("second", district.place)
    make_post(second, Role.WORKER, grid=district.cell(1, 0))
    draft = fresh(district, "next", {"N1": (0, 0, 2), "N2": (2, 0, 2)})
    editions.publish(edition=draft, at=SOON, by=None, now=NOW)
    editions.activate_due(SOON)
    (first_post,) = open_posts(district.users["worker"])
    (second_post,) = open_posts(second)
    assert first_post.grid is not None
    assert first_post.grid.code == "N1"
    assert first_post.grid == second_post.grid
    assert (first_post.kind, second_post.kind) == (PostKind.PRINCIPAL, PostKind.DEPUTY)


@pytest.mark.django_db
def test_a_post_whose_ground_is_gone_ends_and_is_listed(district: District) -> None:
    worker = district.users["worker"]
    draft = fresh(district, "next", {"N9": (2, 2, 2)})
    editions.publish(edition=draft, at=SOON, by=None, now=NOW)
    editions.activate_due(SOON)
    assert open_posts(worker) == []
    record = AuditEvent.objects.get(action="edition.in_force").data["posts"]
    ended = {move["old"] for move in record if move["new"] is None}
    assert district.cell(0, 0).code in ended


@pytest.mark.django_db
def test_an_office_follows_its_region_by_identity(district: District) -> None:
    draft = fresh(district, "next", {"N1": (0, 0, 4)})
    draft.regions.filter(code="370299001001").update(code="370299001009")
    editions.publish(edition=draft, at=SOON, by=None, now=NOW)
    editions.activate_due(SOON)
    (post,) = open_posts(district.users["community"])
    assert post.region is not None
    assert post.region.code == "370299001009"


@pytest.mark.django_db
def test_a_post_that_begins_later_moves_whole(district: District) -> None:
    newcomer = make_user("newcomer", district.place)
    begins = SOON + timedelta(days=30)
    make_post(newcomer, Role.WORKER, kind=PostKind.DEPUTY, since=begins, grid=district.cell(0, 0))
    draft = fresh(district, "next", {"N1": (0, 0, 4)})
    editions.publish(edition=draft, at=SOON, by=None, now=NOW)
    editions.activate_due(SOON)
    post = Post.objects.get(user=newcomer)
    assert post.grid is not None
    assert (post.grid.code, post.during.lower) == ("N1", begins)
