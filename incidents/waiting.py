"""Which cases wait for somebody: the next step of their normal path is that person's."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from grids.choices import Role, UnitKind
from grids.models import Unit
from grids.querysets import Viewer
from incidents.choices import IncidentState, Tier
from incidents.workflow.standing import Standing, standing_of

__all__ = ["unit_ids", "waits_for"]

S = IncidentState

# The leading unit takes the next step of these; the rest is the level's that answers for the case.
WITH_UNIT = (S.DISPATCHED, S.CHECKED_IN, S.HANDLED, S.SUSPENDED)
WITH_LEVEL = (S.RECEIVED, S.VERIFIED, S.FILED, S.FED_BACK, S.INSPECTED)
IN_FIELD = (S.RECEIVED, S.FED_BACK)
_OFFICES = {
    Role.COMMUNITY: UnitKind.COMMUNITY_OFFICE,
    Role.SUBDISTRICT: UnitKind.SUBDISTRICT_OFFICE,
}


def waits_for(user: Viewer, now: datetime) -> Q:
    """A question to `Incident`; call-backs of closed cases are not asked for."""
    standing = standing_of(user, now)
    found = Q(unit__in=unit_ids(standing), state__in=WITH_UNIT)
    level = Q(pk__in=[])
    if standing.is_centre:
        level |= Q(tier__in=(Tier.CENTRE, Tier.LEADER))
    for role, code in standing.regions:
        if role == Role.SUBDISTRICT:
            level |= Q(tier=Tier.SUBDISTRICT, grid__region__parent__code=code)
        elif role == Role.COMMUNITY:
            level |= Q(tier=Tier.COMMUNITY, grid__region__code=code)
    found |= level & Q(state__in=WITH_LEVEL)
    if standing.grids:
        found |= Q(grid__in=standing.grids, state__in=IN_FIELD)
    return found


def unit_ids(standing: Standing) -> list[int]:
    """The units that somebody acts for: their own, and the offices of their regions."""
    offices = Q(pk__in=standing.units)
    for role, code in standing.regions:
        kind = _OFFICES.get(Role(role))
        if kind is not None:
            offices |= Q(place=standing.place_id, kind=kind, region_code=code)
    return list(Unit.objects.filter(offices).order_by("pk").values_list("pk", flat=True))
