"""Lineage is promised when an edition comes into force, and kept by the relay."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.gis.geos import Point

from gis.kernel.errors import InvalidInput
from gis.ledger.models import OutboxMessage
from gis.ledger.services import outbox
from grids.models import Block, Edition, Grid, GridBlock, Lineage
from grids.services import editions, lineage
from tests.factories import District, square

NOW = datetime(2026, 11, 2, 2, tzinfo=UTC)


def wide(district: District, name: str) -> Edition:
    """A draft in which the three southern cells of the west are one grid; the rest is given up."""
    edition = Edition.objects.create(place=district.place, name=name)
    Grid.objects.create(
        edition=edition, code="W", name="W", area_m2=3e6,
        geometry=square(120.40, 36.06, 0.03, 0.01), label=Point(120.415, 36.065, srid=4326),
    )  # fmt: skip
    return edition


@pytest.mark.django_db
def test_the_relay_keeps_the_lineage_that_publishing_promised(district: District) -> None:
    draft = wide(district, "next")
    editions.publish(edition=draft, at=NOW - timedelta(days=1), by=None, now=NOW)
    assert not Lineage.objects.filter(into=draft).exists()
    outbox.relay(now=NOW)
    assert OutboxMessage.objects.get(topic="grids.lineage").done_at == NOW
    rows = Lineage.objects.filter(into=draft)
    merged = rows.filter(new__code="W")
    assert {row.relation for row in merged} == {"merge"}
    assert merged.count() == 3
    assert sum(row.area_share_of_new or 0 for row in merged) == pytest.approx(1, rel=1e-3)
    assert rows.filter(new__isnull=True, relation="retire").count() == 12 - 3


@pytest.mark.django_db
def test_saving_again_replaces_what_was_kept(district: District) -> None:
    links = lineage.compute(district.old, district.now)
    lineage.save(district.old, district.now, links)
    lineage.save(district.old, district.now, links)
    assert Lineage.objects.filter(into=district.now).count() == len(links) == 12


@pytest.mark.django_db
def test_common_blocks_decide_before_the_drawing(district: District) -> None:
    one, two = wide(district, "one"), wide(district, "two")
    for edition, count in ((one, 2), (two, 3)):
        grid = edition.grids.get()
        for n in range(count):
            block, _ = Block.objects.get_or_create(
                place=district.place, code=f"B{n}",
                defaults={
                    "kind": "parcel", "area_m2": 1e6, "people": 100,
                    "geometry": square(120.40 + 0.01 * n, 36.06, 0.01, 0.01)[0],
                },
            )  # fmt: skip
            GridBlock.objects.create(edition=edition, grid=grid, block=block)
    (link,) = lineage.compute(one, two)
    assert link.area_share_of_new == pytest.approx(2 / 3)
    assert link.people_share_of_new == pytest.approx(2 / 3)


@pytest.mark.django_db
def test_an_edition_is_not_its_own_successor(district: District) -> None:
    with pytest.raises(InvalidInput):
        lineage.compute(district.now, district.now)
