"""Routing rules: tried on what came in lately, then switched on; nothing is switched on untried."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import shapely
from django.db import transaction

from gis.kernel.errors import WanggeError
from gis.ledger.services import audit
from grids.models import Unit, User
from incidents.models import Incident, Rule
from incidents.services import dockets
from incidents.workflow.office import Office, RoutingRule, office_of
from incidents.workflow.routing import first_tier, regions_of, route, rule_for, rule_holds

__all__ = [
    "TRIED_ON", "TRIED_WITHIN", "NotTried", "Trial", "content_of", "keep_trial", "move_rule",
    "switch_rule", "try_rule",
]  # fmt: skip

# A rule is tried on so much of what came in, and a trial holds for so long.
TRIED_ON = timedelta(days=30)
TRIED_WITHIN = timedelta(days=7)
_EXAMPLES = 8


class NotTried(WanggeError):
    """The rule as it is now was not tried lately."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have caught of the `cases` received from `since` to `until`.

    `taken` tells from whom, by the tables without this rule; `shadowed` are cases that the rule
    holds for, but an earlier one that is on takes first. `is_recent` is False when the last 30 days
    have no cases, and those of the last 30 days that do are tried.
    """

    since: datetime
    until: datetime
    is_recent: bool
    cases: int
    caught: int
    shadowed: int
    taken: tuple[tuple[Unit | None, int], ...]
    examples: tuple[Incident, ...]
    digest: str


def content_of(rule: Rule) -> str:
    """A digest of what a rule does: conditions, order and unit, not its name."""
    told = {
        "kind": rule.kind,
        "categories": sorted(rule.category_codes),
        "weekdays": sorted(rule.weekdays),
        "from": rule.time_from.isoformat() if rule.time_from else None,
        "until": rule.time_until.isoformat() if rule.time_until else None,
        "area": rule.area.hex.decode() if rule.area else None,
        "unit": rule.unit_id,
        "automatic": rule.is_automatic,
        "order": rule.order,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def try_rule(rule: Rule, now: datetime) -> Trial:
    """Run `rule` on the cases of the last 30 days, switched on or not; nothing is changed."""
    office = office_of(rule.place)
    since, until, is_recent = _span(rule, now)
    others = tuple(one for one in office.rules if one.rule.pk != rule.pk)
    without = replace(office, rules=others)
    earlier = replace(office, rules=tuple(o for o in others if _before(o.rule, rule)))
    area = shapely.from_wkb(bytes(rule.area.wkb)) if rule.area else None
    routing = RoutingRule(rule, area)
    taken: Counter[int | None] = Counter()
    caught: list[Incident] = []
    cases = shadowed = 0
    for case in _cases(rule, since, until):
        cases += 1
        if not rule_holds(routing, case, office):
            continue
        if rule_for(case, earlier) is not None:
            shadowed += 1
            continue
        caught.append(case)
        unit = _sent_to(case, without)
        taken[unit.pk if unit else None] += 1
    by_count = sorted(taken.items(), key=lambda item: (-item[1], item[0] or 0))
    return Trial(
        since=since,
        until=until,
        is_recent=is_recent,
        cases=cases,
        caught=len(caught),
        shadowed=shadowed,
        taken=tuple((office.units_by_id.get(pk or 0), count) for pk, count in by_count),
        examples=tuple(caught[:_EXAMPLES]),
        digest=content_of(rule),
    )


def _span(rule: Rule, now: datetime) -> tuple[datetime, datetime, bool]:
    rows = Incident.objects.filter(place=rule.place_id, received_at__lte=now)
    latest = rows.order_by("-received_at").values_list("received_at", flat=True).first()
    if latest is None or latest > now - TRIED_ON:
        return now - TRIED_ON, now, True
    return latest - TRIED_ON, latest, False


def _cases(rule: Rule, since: datetime, until: datetime) -> list[Incident]:
    rows = Incident.objects.filter(
        place=rule.place_id, received_at__gt=since, received_at__lte=until
    )
    return list(dockets.with_ground(rows.order_by("-received_at", "-pk")))


def _before(one: Rule, rule: Rule) -> bool:
    return (one.order, one.pk) < (rule.order, rule.pk or 0)


def _sent_to(case: Incident, office: Office) -> Unit | None:
    """Where the tables would send a case when it is new."""
    community, _subdistrict = regions_of(case)
    tier = first_tier(case.kind, community=community, office=office)
    return route(case, office, tier, case.received_at).unit


@transaction.atomic
def keep_trial(*, rule: Rule, trial: Trial, by: User, now: datetime) -> None:
    """Remember that `rule` was tried as it is; `trial` is what `try_rule` said."""
    held = Rule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    held.tried_at, held.tried_digest = now, trial.digest
    held.save(update_fields=["tried_at", "tried_digest"])
    rule.tried_at, rule.tried_digest = now, trial.digest
    _record(held, "tried", by, now, {"cases": trial.cases, "caught": trial.caught})


@transaction.atomic
def switch_rule(*, rule: Rule, on: bool, by: User, now: datetime) -> Rule:
    """Switch a rule on or off; what is so already stays so, silently.

    Raises `NotTried` unless exactly this content was tried in the last seven days.
    """
    held: Rule = Rule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if held.is_on == on:
        return held
    if on:
        _demand_trial(held, now)
    held.is_on = on
    held.save(update_fields=["is_on"])
    _record(held, "switched-on" if on else "switched-off", by, now, {"digest": content_of(held)})
    return held


def _demand_trial(rule: Rule, now: datetime) -> None:
    if rule.tried_at is None:
        raise NotTried("启用前须先试算。 (Try the rule before it is switched on.)", "is_on")
    if rule.tried_digest != content_of(rule):
        raise NotTried(
            "试算之后规则已改动，请重新试算。 (It was changed since its trial: try it again.)",
            "is_on",
        )
    if rule.tried_at <= now - TRIED_WITHIN:
        raise NotTried(
            "试算已超过 7 天，请重新试算。 (The trial is older than 7 days: try it again.)", "is_on"
        )


@transaction.atomic
def move_rule(*, rule: Rule, order: int, by: User, now: datetime) -> Rule:
    """Give a rule another place in the order: the lowest that holds wins."""
    held: Rule = Rule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if held.order == order:
        return held
    was, held.order = held.order, order
    held.save(update_fields=["order"])
    _record(held, "moved", by, now, {"order_from": was, "order": order})
    return held


def _record(rule: Rule, verb: str, by: User, now: datetime, data: dict[str, object]) -> None:
    audit.record(
        chain=f"rules:{rule.place.code}",
        action=f"rule.{verb}",
        at=now,
        actor=by,
        data={"rule": rule.pk, **data},
    )
