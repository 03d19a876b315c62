"""What became of every grid between two editions of a place: worked out, and kept."""

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB, Transform
from django.db import transaction

from gis.kernel.errors import InvalidInput
from gis.kernel.lineage import Link, lineage_of_blocks, lineage_of_polygons
from gis.ledger.services import outbox
from grids.models import Block, Edition, Grid, GridBlock, Lineage


def _names(edition: Edition) -> dict[str, str]:
    return dict(Grid.objects.of(edition).values_list("code", "name"))


def _of_blocks(old: Edition, new: Edition) -> list[Link]:
    in_old, in_new = (
        dict(GridBlock.objects.filter(edition=edition).values_list("block_id", "grid__code"))
        for edition in (old, new)
    )
    rows = Block.objects.filter(pk__in=in_old.keys() | in_new.keys()).order_by("pk")
    blocks = list(rows.values_list("pk", "area_m2", "people"))
    return lineage_of_blocks(
        [in_old.get(pk) for pk, _area, _people in blocks],
        [in_new.get(pk) for pk, _area, _people in blocks],
        np.array([area for _pk, area, _people in blocks]),
        np.array([people for _pk, _area, people in blocks], dtype=float),
        old_names=_names(old),
        new_names=_names(new),
    )


def _shapes(edition: Edition) -> dict[str, shapely.Geometry]:
    metric = AsWKB(Transform("geometry", edition.place.srid_m))
    rows = Grid.objects.of(edition).annotate(wkb=metric).values_list("code", "wkb")
    return {code: shapely.from_wkb(bytes(wkb)) for code, wkb in rows}


def _of_polygons(old: Edition, new: Edition) -> list[Link]:
    people = dict(Grid.objects.of(old).values_list("code", "people"))
    counted = {code: float(n) for code, n in people.items() if n is not None}
    return lineage_of_polygons(
        _shapes(old),
        _shapes(new),
        old_people=counted if len(counted) == len(people) else None,
        old_names=_names(old),
        new_names=_names(new),
    )


def compute(old: Edition, new: Edition) -> list[Link]:
    """The links from `old` to `new`: by common blocks where both have them, else by ground.

    Raises `InvalidInput` when the editions belong to different places or are the same.
    """
    if old.place_id != new.place_id:
        raise InvalidInput("两个区划不属于同一地区。(Editions of different places.)", field="new")
    if old.pk == new.pk:
        raise InvalidInput("请给出两个不同的区划。(Name two different editions.)", field="new")
    blocks = GridBlock.objects
    if blocks.filter(edition=old).exists() and blocks.filter(edition=new).exists():
        return _of_blocks(old, new)
    return _of_polygons(old, new)


@transaction.atomic
def save(old: Edition, new: Edition, links: list[Link]) -> None:
    """Keep `links` as the lineage from `old` to `new`, in place of what was kept before."""
    Lineage.objects.filter(old__edition=old, into=new).delete()
    before = dict(Grid.objects.of(old).values_list("code", "pk"))
    after = dict(Grid.objects.of(new).values_list("code", "pk"))
    Lineage.objects.bulk_create(
        Lineage(
            old_id=before[link.old],
            new_id=after[link.new] if link.new is not None else None,
            into=new,
            relation=link.relation,
            area_share_of_old=link.area_share_of_old,
            area_share_of_new=link.area_share_of_new,
            people_share_of_old=link.people_share_of_old,
            people_share_of_new=link.people_share_of_new,
        )
        for link in links
    )


@outbox.handles("grids.lineage")
def _keep_promise(payload: dict[str, int], _message: int) -> None:
    old, new = (
        Edition.objects.select_related("place").get(pk=payload[key]) for key in ("old", "new")
    )
    save(old, new, compute(old, new))
