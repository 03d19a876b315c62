"""What somebody holds, and what that makes them to a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from grids.choices import Role, UnitKind
from grids.models import User
from incidents.choices import Part, Tier
from incidents.models import Incident
from incidents.workflow.actions import Party
from incidents.workflow.docket import Docket
from incidents.workflow.office import Office
from incidents.workflow.routing import regions_of

__all__ = ["Standing", "level_of", "parties", "standing_from", "standing_of", "units_of"]

_OFFICE_ROLES = {
    Role.COMMUNITY: UnitKind.COMMUNITY_OFFICE,
    Role.SUBDISTRICT: UnitKind.SUBDISTRICT_OFFICE,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The posts of somebody at an instant, as far as cases ask for them.

    Regions and grids are named by codes, units by ids. A superuser stands as the centre does.
    """

    user: User | None
    place_id: int | None
    roles: frozenset[str]
    regions: frozenset[tuple[str, str]] = frozenset()
    grids: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()

    @property
    def is_centre(self) -> bool:
        return Role.CENTRE in self.roles or Role.ADMIN in self.roles


def standing_of(user: User, at: datetime) -> Standing:
    """What `user` holds at `at`: one query, in SQL, since every step asks it."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTS, [user.pk, at])
        return standing_from(user, cursor.fetchall())


_POSTS = """
SELECT p.role, r.code, p.grid_id, p.unit_id
FROM grids_post p LEFT JOIN grids_region r ON r.id = p.region_id
WHERE p.user_id = %s AND p.during @> %s::timestamptz
"""


def standing_from(
    user: User, posts: Iterable[tuple[str, str | None, int | None, int | None]]
) -> Standing:
    """What `user` holds by `posts`: of each its role, region's code, grid and unit."""
    rows = list(posts)
    roles = {role for role, *_on in rows} | ({Role.CENTRE.value} if user.is_superuser else set())
    return Standing(
        user=user,
        place_id=user.place_id,
        roles=frozenset(roles),
        regions=frozenset((role, code) for role, code, _grid, _unit in rows if code is not None),
        grids=frozenset(grid for _role, _code, grid, _unit in rows if grid is not None),
        units=frozenset(
            unit
            for role, _code, _grid, unit in rows
            if unit is not None and role in (Role.HANDLER, Role.CENTRE)
        ),
    )


def units_of(standing: Standing, office: Office) -> set[int]:
    """The units that somebody acts for: their own, and the office of their region."""
    found = set(standing.units)
    for role, code in standing.regions:
        kind = _OFFICE_ROLES.get(Role(role))
        unit = office.office_for(kind, code) if kind else None
        if unit is not None:
            found.add(unit.pk)
    return found


def parties(standing: Standing, docket: Docket, office: Office) -> frozenset[Party]:
    """What somebody is to the case of `docket`."""
    case, found = docket.case, set()
    if standing.place_id != case.place_id and not _is_root(standing):
        return frozenset()
    if standing.is_centre:
        found.add(Party.CENTRE)
    if Role.LEADER in standing.roles:
        found.add(Party.LEADER)
    if case.grid_id is not None and case.grid_id in standing.grids:
        found.add(Party.FIELD)
    community, subdistrict = regions_of(case)
    in_community = (Role.COMMUNITY.value, community) in standing.regions and community != ""
    in_subdistrict = (Role.SUBDISTRICT.value, subdistrict) in standing.regions
    if in_community or in_subdistrict:
        found.add(Party.GROUND)
    if (in_community and case.tier == Tier.COMMUNITY) or (
        in_subdistrict and case.tier in (Tier.COMMUNITY, Tier.SUBDISTRICT)
    ):
        found.add(Party.TIER)
    return frozenset(found | _on_the_case(units_of(standing, office), docket, office))


def _is_root(standing: Standing) -> bool:
    return standing.user is not None and standing.user.is_superuser


def _on_the_case(units: set[int], docket: Docket, office: Office) -> set[Party]:
    found = set()
    lead = docket.lead()
    if lead is not None and lead.unit_id in units:
        found.add(Party.LEAD)
        if office.units_by_id[lead.unit_id].kind == UnitKind.ESTABLISHMENT:
            found.add(Party.ARBITER)
    if units & docket.unit_ids(Part.SUPPORTING, Part.TEAM):
        found.add(Party.SUPPORTING)
    return found


def level_of(standing: Standing, case: Incident) -> str:
    """The level that somebody dispatches from: the highest of theirs that the case lies under."""
    if standing.is_centre:
        return Tier.CENTRE if case.tier != Tier.LEADER else Tier.LEADER
    community, subdistrict = regions_of(case)
    if (Role.SUBDISTRICT.value, subdistrict) in standing.regions:
        return Tier.SUBDISTRICT
    if (Role.COMMUNITY.value, community) in standing.regions:
        return Tier.COMMUNITY
    return case.tier
