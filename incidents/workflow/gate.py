"""The one gate: which rows of the table are open to somebody now, and why the others are not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from grids.choices import UnitKind
from incidents.choices import Part, Tier
from incidents.workflow.actions import Action, Party
from incidents.workflow.docket import Docket
from incidents.workflow.errors import NotAllowed, StateMoved
from incidents.workflow.office import Office
from incidents.workflow.routing import regions_of
from incidents.workflow.table import HELD, TABLE, Transition, rows_of

__all__ = ["Closed", "choose", "closed_actions", "leads_to", "open_rows"]

Parties = frozenset[Party]


def open_rows(docket: Docket, held: Parties, office: Office) -> list[Transition]:
    """The row of each action that is open to `held`, in the order of the table."""
    found: dict[str, Transition] = {}
    for row in TABLE:
        if row.action not in found and not _barred(row, docket, held, office):
            found[row.action] = row
    return list(found.values())


def choose(action: str, docket: Docket, held: Parties, office: Office) -> Transition:
    """The row that `action` means now.

    Raises `StateMoved` when no row leads from where the case stands, `NotAllowed` when none of
    those is for `held`; the message says why.
    """
    rows = [row for row in rows_of(action) if docket.case.state in row.sources]
    if not rows:
        zh = f"案件现为“{docket.case.get_state_display()}”，不能{Action(action).label}。"
        en = f"The case is {docket.case.state} now, from where there is no {action}."
        raise StateMoved(f"{zh} ({en})", "state")
    meant = [row for row in rows if _holds(row, docket, office)]
    for row in meant:
        if not _barred(row, docket, held, office):
            return row
    if not meant:
        raise StateMoved(_why_not_given(rows[0]), "state")
    raise NotAllowed(_why_not(meant, held), "role")


@dataclass(frozen=True, slots=True)
class Closed:
    """An action that the state allows and somebody may not take, with the reason."""

    action: str
    why: str


def closed_actions(
    docket: Docket, held: Parties, office: Office, opened: Collection[Transition]
) -> list[Closed]:
    """What the state of the case allows, but not to `held`: told, so that nobody wonders. `opened`
    are the `open_rows`.
    """
    taken = {row.action for row in opened}
    found: dict[str, Closed] = {}
    for row in TABLE:
        if row.action in taken or row.action in found or docket.case.state not in row.sources:
            continue
        meant = [one for one in rows_of(row.action) if docket.case.state in one.sources]
        holding = [one for one in meant if _holds(one, docket, office)]
        if holding:
            found[row.action] = Closed(row.action, _why_not(holding, held))
    return list(found.values())


def leads_to(row: Transition, inputs: dict[str, Any], docket: Docket) -> tuple[str, Any]:
    """The state after `row` with these inputs, and what holds there: the branch, or the row."""
    for branch in row.branches:
        if inputs.get(branch.need) in branch.values:
            return _target(branch.target, docket), branch
    return _target(row.target, docket), row


def _target(target: str | None, docket: Docket) -> str:
    if target is None:
        return str(docket.case.state)
    return str(docket.case.held_state) if target == HELD else str(target)


def _barred(row: Transition, docket: Docket, held: Parties, office: Office) -> bool:
    return (
        docket.case.state not in row.sources
        or not held & row.by
        or bool(held & row.not_by)
        or not _holds(row, docket, office)
    )


def _holds(row: Transition, docket: Docket, office: Office) -> bool:
    return not row.given or _GIVEN[row.given](row, docket, office)


def _support_is_out(_row: Transition, docket: Docket, _office: Office) -> bool:
    return any(one.part != Part.LEAD and one.checked_in_at is None for one in docket.assignments)


def _above_community(_row: Transition, docket: Docket, office: Office) -> bool:
    community, _subdistrict = regions_of(docket.case)
    has_office = office.office_for(UnitKind.COMMUNITY_OFFICE, community) is not None
    return docket.case.tier != Tier.COMMUNITY and has_office


# The conditions a row may name: what must be so, whoever asks.
_GIVEN: dict[str, Callable[[Transition, Docket, Office], bool]] = {
    "asked": lambda row, docket, _: docket.pending(row.action) is not None,
    "nothing_asked": lambda row, docket, _: docket.pending(row.action) is None,
    "support_is_out": _support_is_out,
    "led": lambda _, docket, __: docket.lead() is not None,
    "not_led": lambda _, docket, __: docket.lead() is None,
    "below_centre": lambda _, docket, __: docket.case.tier in (Tier.COMMUNITY, Tier.SUBDISTRICT),
    "at_centre": lambda _, docket, __: docket.case.tier == Tier.CENTRE,
    "above_community": _above_community,
    "supervised": lambda _, docket, __: docket.supervision is not None,
    "not_supervised": lambda _, docket, __: docket.supervision is None,
}

_NOT_GIVEN = {
    "asked": ("没有待审批的申请", "nothing waits for approval"),
    "nothing_asked": ("已有申请待审批", "a request waits for approval"),
    "support_is_out": ("配合单位都已报到", "every supporting unit has checked in"),
    "led": ("没有主责单位", "no unit leads"),
    "not_led": ("已有主责单位", "a unit leads"),
    "below_centre": ("已在区级", "it is at the centre already"),
    "at_centre": ("不在区治理中心这一级", "it is not at the centre"),
    "above_community": ("没有可降的下一级", "there is no level below"),
    "supervised": ("没有待回复的督办", "no supervision order waits for a reply"),
    "not_supervised": ("已有督办待回复", "a supervision order waits for its reply"),
}


def _why_not_given(row: Transition) -> str:
    zh, en = _NOT_GIVEN[row.given]
    return f"{zh}。 ({en[0].upper()}{en[1:]}.)"


def _why_not(rows: list[Transition], held: Parties) -> str:
    """Who may, or what keeps this one out."""
    barred = [row for row in rows if held & row.by and held & row.not_by]
    if barred:
        return (
            "本单位在办的案件须由他人审核。 (Your own unit handles it: somebody else must do this.)"
        )
    names = dict.fromkeys(party for row in rows for party in Party if party in row.by)
    zh = "、".join(str(party.label) for party in names)
    en = ", ".join(party.value for party in names)
    return f"由{zh}办理。 (For: {en}.)"
