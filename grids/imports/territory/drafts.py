"""The one open draft of a place, which imports fill."""

from gis.kernel.errors import InvalidInput
from grids.choices import EditionState
from grids.models import Edition, Place, Region

__all__ = ["DRAFT_NAME", "open_draft"]

DRAFT_NAME = "draft"


def open_draft(place: Place) -> tuple[Edition, bool]:
    """The open draft, and whether it was made now, with copies of the regions in force."""
    drafts = list(Edition.objects.filter(place=place, state=EditionState.DRAFT).order_by("pk"))
    if len(drafts) > 1:
        names = "、".join(draft.name for draft in drafts)
        raise InvalidInput(
            f"{place.name} 有多个草稿（{names}），请在管理后台只留一个 (several drafts are open)",
            "edition",
        )
    if drafts:
        return drafts[0], False
    draft = Edition.objects.create(place=place, name=DRAFT_NAME)
    former = Edition.objects.in_force(place)
    if former is not None:
        _copy_regions(former, draft)
    return draft, True


def _copy_regions(former: Edition, draft: Edition) -> None:
    """The same regions, with the same identity, as rows of the draft."""
    made: dict[int, Region] = {}
    # Subdistricts have no parent, so they come first and communities find them.
    for region in Region.objects.of(former).order_by("-level", "code"):
        made[region.pk] = Region.objects.create(
            edition=draft,
            identity=region.identity,
            level=region.level,
            code=region.code,
            name=region.name,
            parent=made[region.parent_id] if region.parent_id else None,
            geometry=region.geometry,
            area_m2=region.area_m2,
        )
