"""The ways of the three kinds: tiered livelihood, enforcement by the list, and enterprises.

A plan is drawn from the case's own generator, so that it is the same whenever it is drawn, and only
what is due of it need be done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from grids.choices import UnitKind
from grids.models import Unit
from incidents.choices import Kind, Step
from incidents.demo.living.cast import Cast
from incidents.demo.living.life import Life
from incidents.demo.living.profile import LivingProfile
from incidents.models import Incident
from incidents.services.acting_many import Deed
from incidents.workflow.office import Office
from incidents.workflow.routing import regions_of
from incidents.workflow.standing import Standing

__all__ = ["CLOSED", "SUSPENDED", "VOID", "plan"]

CLOSED, SUSPENDED, VOID = "closed", "suspended", "void"
# Who in the district handles a livelihood case, by the first letters of its category.
_LIVELIHOOD_UNITS = {
    "B01": "csgl", "B02": "zjj", "B03": "csgl", "B04": "csgl", "B05": "scjg", "S01": "csgl",
    "S06": "gafj",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Way:
    """Who verifies, who dispatches to which unit, who does it and who inspects."""

    verifier: Standing
    dispatcher: Standing
    unit: Unit
    lead: Standing
    inspector: Standing


def plan(
    case: Incident,
    fate: str,
    *,
    channel: str,
    profile: LivingProfile,
    office: Office,
    cast: Cast,
    rng: np.random.Generator,
) -> list[Deed]:
    """What is done to `case`, which came by `channel`, to bring it to its `fate`."""
    life = Life(case, profile, office, rng)
    worker = cast.worker(case.grid_id)
    if fate == VOID:
        _void(life, worker, cast)
    elif _is_self_handled(life, channel, worker) and fate == CLOSED and worker is not None:
        _self_handle(life, worker, cast)
    else:
        _walk(life, _way_of(life, worker, cast), cast, fate)
    return life.deeds


def _is_self_handled(life: Life, channel: str, worker: Standing | None) -> bool:
    small = life.case.kind == Kind.LIVELIHOOD and channel == "worker" and worker is not None
    return life.chance(life.profile.livelihood["self_handled"]) and small


def _void(life: Life, worker: Standing | None, cast: Cast) -> None:
    if life.case.grid_id is None:
        life.do("void", cast.centre, Step.VERIFY, note=life.word("void", "outside"))
    else:
        life.do("verify", worker or cast.centre, Step.VERIFY)
        life.do("void", cast.centre, Step.FILE, note=life.word("void", "untrue"))


def _self_handle(life: Life, worker: Standing, cast: Cast) -> None:
    community, subdistrict = regions_of(life.case)
    staff = cast.staff(community) or cast.staff(subdistrict) or cast.centre
    note = life.word("handled")
    given = {"note": note, "before": [], "after": [], "proven": False}
    life.soon("self_handle", worker, (4, 70), **given)
    life.do("inspect", staff, Step.INSPECT)
    life.do("close", staff, Step.CLOSE)
    _afterwards(life, staff)


def _way_of(life: Life, worker: Standing | None, cast: Cast) -> _Way:
    """Escalates on the way, where a level passes the case on."""
    case, office = life.case, life.office
    community, subdistrict = regions_of(case)
    level = "centre"
    if case.kind == Kind.LIVELIHOOD and cast.staff(community) and cast.staff(subdistrict):
        levels = ("community", "subdistrict", "centre")
        shares = np.array([life.profile.livelihood[name] for name in levels])
        level = levels[int(np.searchsorted(np.cumsum(shares / shares.sum()), life.rng.random()))]
    staff = {"community": cast.staff(community), "subdistrict": cast.staff(subdistrict)}
    dispatcher = staff.get(level) or cast.centre
    unit = _unit(life, level, community, subdistrict, office)
    inspector = worker or staff["subdistrict"] or cast.centre
    if level == "subdistrict":
        inspector = staff["community"] or inspector
    elif level == "community":
        inspector = worker or staff["subdistrict"] or cast.centre
    if case.kind == Kind.DEVELOPMENT:
        inspector = cast.centre
    lead = cast.of_unit(unit.pk) or cast.centre
    return _Way(worker or dispatcher, dispatcher, unit, lead, inspector)


def _unit(life: Life, level: str, community: str, subdistrict: str, office: Office) -> Unit:
    if level == "community":
        found = office.office_for(UnitKind.COMMUNITY_OFFICE, community)
    elif level == "subdistrict":
        found = office.office_for(UnitKind.SUBDISTRICT_OFFICE, subdistrict)
    else:
        found = _department(life, office)
    unit = found or office.default_unit or office.of_kind(UnitKind.CENTRE)
    if unit is None:
        raise LookupError("the place has no unit to handle anything")
    return unit


def _department(life: Life, office: Office) -> Unit | None:
    code = life.case.category.code if life.case.category else ""
    duty = office.duty(code, office.day(life.at))
    if duty is not None:
        return duty.lead
    return office.units.get(_LIVELIHOOD_UNITS.get(code[:3], ""))


def _walk(life: Life, way: _Way, cast: Cast, fate: str) -> None:
    """The whole way of a case, with its turns, to its end."""
    case, turns = life.case, life.profile.turns
    if case.kind != Kind.DEVELOPMENT:
        life.do("verify", way.verifier, Step.VERIFY, note=life.word("verified"))
    _pass_on(life, way, cast)
    life.do("file", way.dispatcher, Step.FILE)
    if life.chance(turns["returned"]) and way.unit.kind == UnitKind.DEPARTMENT:
        _returned_once(life, way, cast)
    _dispatch(life, way)
    if life.chance(turns["supervised"]) and way.lead is not cast.centre:
        _supervised(life, way, cast)
    if fate == SUSPENDED:
        _suspend(life, way, cast)
        return
    if life.chance(turns["suspended"]) and _other(way, cast) is not None:
        _suspend(life, way, cast)
        life.at += timedelta(days=float(life.rng.uniform(2, 6)))
        life.do("resume", way.lead)
    if life.chance(turns["extended"]) and _other(way, cast) is not None:
        life.do("extend", way.lead, days=2.0, note="需等配件到货，申请延期。")
        _approve(life, "extend", way, cast)
    _handle(life, way, reworked=life.chance(turns["reworked"]))
    life.do("close", way.dispatcher, Step.CLOSE)
    _afterwards(life, way.dispatcher, again=way)


def _pass_on(life: Life, way: _Way, cast: Cast) -> None:
    """What the community and the subdistrict cannot solve goes up, level by level."""
    if life.case.kind != Kind.LIVELIHOOD:
        return
    community, subdistrict = regions_of(life.case)
    lower, middle = cast.staff(community), cast.staff(subdistrict)
    if lower is None or way.dispatcher is lower:
        return
    life.do("escalate", lower, Step.FILE, note="涉及专业维修，社区难以解决。")
    if way.dispatcher is not middle and middle is not None:
        life.do("escalate", middle, Step.FILE, note="需区级部门处置。")


def _dispatch(life: Life, way: _Way) -> None:
    """To the unit of the way. A category that the list leaves open has no supporting units."""
    duty_unclear = (
        life.case.kind == Kind.ENFORCEMENT
        and life.case.category is not None
        and life.office.duty(life.case.category.code, life.office.day(life.at)) is None
    )
    given: dict[str, Any] = {"unit": way.unit.code}
    if duty_unclear:
        given["supporting"] = []
    life.do("dispatch", way.dispatcher, Step.DISPATCH, **given)
    life.do("check_in", way.lead, Step.CHECK_IN)


def _returned_once(life: Life, way: _Way, cast: Cast) -> None:
    """Sent to the wrong department first, which says so."""
    others = [
        (one, lead)
        for one in life.office.units.values()
        if one.kind == UnitKind.DEPARTMENT and one.pk != way.unit.pk
        if (lead := cast.of_unit(one.pk)) is not None and lead is not way.dispatcher
    ]
    if not others:
        return
    wrong, lead = others[int(life.rng.integers(len(others)))]
    life.do("dispatch", way.dispatcher, Step.DISPATCH, unit=wrong.code, supporting=[])
    life.do("return", lead, Step.CHECK_IN, note="不属本单位职责，请另派。")
    life.do("return", way.dispatcher, Step.DISPATCH, decision="approve")


def _supervised(life: Life, way: _Way, cast: Cast) -> None:
    life.do("supervise", cast.centre, Step.CHECK_IN, hours=8.0, note="请加快办理，当日反馈进展。")
    life.do("reply", way.lead, Step.CHECK_IN, note="已安排人员到场，预计按期完成。")


def _suspend(life: Life, way: _Way, cast: Cast) -> None:
    reasons = sorted(life.profile.words["suspended"])
    reason = reasons[int(life.rng.integers(len(reasons)))]
    life.do("suspend", way.lead, Step.CHECK_IN, reason=reason, note=life.word("suspended", reason))
    _approve(life, "suspend", way, cast)


def _other(way: _Way, cast: Cast) -> Standing | None:
    """Who decides what the leading unit asks for: the dispatcher, or the centre above them."""
    return next((one for one in (way.dispatcher, cast.centre) if one is not way.lead), None)


def _approve(life: Life, action: str, way: _Way, cast: Cast) -> None:
    decider = _other(way, cast)
    if decider is not None:
        life.do(action, decider, Step.DISPATCH, decision="approve")


def _handle(life: Life, way: _Way, *, reworked: bool) -> None:
    life.do("handle", way.lead, Step.HANDLE, note=life.word("handled"))
    life.do("feed_back", way.lead, Step.FEED_BACK, note=life.word("answer"))
    if reworked:
        life.do("rework", way.inspector, Step.INSPECT, note="现场仍有残留，请继续处置。")
        life.do("handle", way.lead, Step.CHECK_IN, note=life.word("handled"))
        life.do("feed_back", way.lead, Step.FEED_BACK, note=life.word("answer"))
    life.do("inspect", way.inspector, Step.INSPECT)


def _afterwards(life: Life, dispatcher: Standing, again: _Way | None = None) -> None:
    """Call-back and survey; somebody who is not content has the case opened once more."""
    turns = life.profile.turns
    if again is not None and life.chance(turns["reopened"]):
        life.do("call_back", dispatcher, Step.CALL_BACK, result="dissatisfied", note="问题又出现。")
        _dispatch(life, again)
        _handle(life, again, reworked=False)
        life.do("close", dispatcher, Step.CLOSE)
    score = _score(life)
    if life.chance(turns["called_back"]):
        result = "satisfied" if score > 3 else "basically"
        life.do("call_back", dispatcher, Step.CALL_BACK, result=result)
    if life.chance(turns["surveyed"]):
        life.do("survey", dispatcher, Step.CALL_BACK, score=str(score))


def _score(life: Life) -> int:
    shares: Sequence[float] = life.profile.scores
    return 5 - int(np.searchsorted(np.cumsum(shares), life.rng.random() * sum(shares)))
