"""Where a case should go, and why: a rule, the level that answers, the responsibility list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

import shapely

from grids.choices import UnitKind
from grids.models import Unit
from incidents.choices import Kind, Tier
from incidents.models import Incident, Rule
from incidents.workflow.office import Allowance, Office, RoutingRule

__all__ = ["Route", "first_tier", "regions_of", "route", "rule_for", "rule_holds"]


@dataclass(frozen=True, slots=True)
class Route:
    """The unit that should lead, those that support it, its time, and why, in both languages."""

    unit: Unit | None
    supporting: tuple[Unit, ...]
    allowance: Allowance | None
    why_zh: str
    why_en: str
    rule: Rule | None = None
    is_unclear: bool = False


def regions_of(case: Incident) -> tuple[str, str]:
    """Codes of the community and the subdistrict that a case lies in; blank where there is none."""
    region = case.grid.region if case.grid is not None else None
    if region is None:
        return "", ""
    return (region.code, region.parent.code) if region.parent else ("", region.code)


def first_tier(kind: str, *, community: str, office: Office) -> str:
    """The level that a new case begins at: livelihood with its community, all else with the centre.

    Source: the tiered handling (分级办理) of the platform.
    """
    if kind == Kind.LIVELIHOOD and office.office_for(UnitKind.COMMUNITY_OFFICE, community):
        return Tier.COMMUNITY
    return Tier.CENTRE


def route(case: Incident, office: Office, tier: str, at: datetime) -> Route:
    """Where `case` should go when the level `tier` dispatches it at `at`."""
    rule = rule_for(case, office)
    if rule is not None:
        why = f"规则“{rule.name}”", f"rule “{rule.name}”"
        return Route(office.units_by_id[rule.unit_id], (), None, *why, rule=rule)
    community, subdistrict = regions_of(case)
    if tier == Tier.COMMUNITY:
        unit = office.office_for(UnitKind.COMMUNITY_OFFICE, community)
        if unit is not None:
            return Route(unit, (), None, "社区先行办理", "the community handles first")
    if tier in (Tier.COMMUNITY, Tier.SUBDISTRICT):
        unit = office.office_for(UnitKind.SUBDISTRICT_OFFICE, subdistrict)
        if unit is not None:
            return Route(unit, (), None, "由所在街道办理", "the subdistrict handles")
    return _by_list(case, office, at)


def _by_list(case: Incident, office: Office, at: datetime) -> Route:
    code = case.category.code if case.category else ""
    duty = office.duty(code, office.day(at))
    if duty is not None:
        why = f"权责清单 {code}", f"responsibility list, {code}"
        return Route(duty.lead, duty.supporting, duty.allowance, *why)
    arbiter = office.of_kind(UnitKind.ESTABLISHMENT)
    if case.kind == Kind.ENFORCEMENT and code and arbiter is not None:
        zh, en = f"权责清单无 {code}，请编办裁定", f"{code} is not in the list: to be ruled"
        return Route(arbiter, (), None, zh, en, is_unclear=True)
    unit = office.default_unit or office.of_kind(UnitKind.CENTRE)
    return Route(unit, (), None, "默认承办单位", "the default unit")


def rule_for(case: Incident, office: Office) -> Rule | None:
    """The first rule that is on and holds for `case`."""
    return next((one.rule for one in office.rules if rule_holds(one, case, office)), None)


def rule_holds(one: RoutingRule, case: Incident, office: Office) -> bool:
    """Whether a rule's conditions are met by where, what and when `case` is."""
    rule, code = one.rule, case.category.code if case.category else ""
    if rule.kind and rule.kind != case.kind:
        return False
    if rule.category_codes and code not in rule.category_codes:
        return False
    local = case.received_at.astimezone(office.zone)
    if rule.weekdays and local.isoweekday() not in rule.weekdays:
        return False
    if not _within(local.time(), rule.time_from, rule.time_until):
        return False
    if one.area is None:
        return True
    return case.position is not None and bool(
        shapely.intersects_xy(one.area, case.position.x, case.position.y)
    )


def _within(now: time, begins: time | None, ends: time | None) -> bool:
    """Whether a time of day lies in a span, open or leading over midnight."""
    if begins is None or ends is None:
        return True
    return begins <= now < ends if begins <= ends else now >= begins or now < ends
