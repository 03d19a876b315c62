"""The transition table: every way in which a case can change, and nothing else can change it.

A row says what may be done from which states, by whom, under which condition, what must be given,
where the case goes, which clocks end and start, and which event is written. `Branch` leads
elsewhere for some values of what was given. Source: the national process 信息收集 案卷建立 任务派遣
任务处理 处理反馈 核查结案 综合评价 (GB/T 30428), the hotline's 回访 评价 (GB/T 33358), and the
platform's own check-in, tiers, supervision and approvals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from incidents.choices import OPEN_STATES, IncidentState, Step
from incidents.workflow import needs
from incidents.workflow.actions import Action, Event, Party
from incidents.workflow.needs import Need

__all__ = ["HELD", "TABLE", "Branch", "Transition", "rows_of"]

S, A, E, P = IncidentState, Action, Event, Party

# The state that a suspended or merged case had.
HELD = "held"
EVERY_CLOCK = "every"
PAUSED, RESUMED = "paused", "resumed"
Target = IncidentState | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """For these values of what was given as `need`, the case goes elsewhere instead."""

    need: str
    values: frozenset[Any]
    target: Target = None
    event: Event
    ends: tuple[Step, ...] | str = ()
    starts: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row. Without a `target` the state stays; without `given` it holds in any case.

    `not_by` keeps out who else would be let in; `ends` may be "every" and `clocks` "paused" or
    "resumed".
    """

    action: Action
    sources: frozenset[IncidentState]
    by: frozenset[Party]
    event: Event
    target: Target = None
    given: str = ""
    not_by: frozenset[Party] = frozenset()
    needs: tuple[Need, ...] = ()
    ends: tuple[Step, ...] | str = ()
    starts: tuple[Step, ...] = ()
    clocks: str = ""
    branches: tuple[Branch, ...] = ()


def states(*names: IncidentState) -> frozenset[IncidentState]:
    return frozenset(names)


def who(*names: Party) -> frozenset[Party]:
    return frozenset(names)


DISPATCHER = who(P.CENTRE, P.TIER)
EARLY = states(S.RECEIVED, S.VERIFIED)
SENT = states(S.DISPATCHED, S.CHECKED_IN)
UNSENT = EARLY | {S.FILED}
WORKED = states(S.HANDLED, S.FED_BACK, S.INSPECTED)
OPEN = frozenset(OPEN_STATES)

_TO_DISPATCH: dict[str, Any] = {"target": S.FILED, "ends": EVERY_CLOCK, "starts": (Step.DISPATCH,)}


def _asked(
    action: Action,
    sources: Iterable[IncidentState],
    *,
    asked: Event,
    done: Event,
    refused: Event,
    given: tuple[Need, ...],
    **effect: Any,
) -> tuple[Transition, ...]:
    """What the unit asks for and another approves (挂账 延期 回退 作废): three rows.

    Nobody approves what their own unit asks for; what the centre asks for, a leader approves. A
    dispatcher who is not on the case may do it straight away.
    """
    sources, lead = frozenset(sources), who(P.LEAD)
    ask = Transition(
        action=action, sources=sources, by=lead, given="nothing_asked", event=asked, needs=given,
    )  # fmt: skip
    refuse = Branch(need="decision", values=frozenset({"refuse"}), event=refused)
    decide = Transition(
        action=action, sources=sources, by=DISPATCHER | {P.LEADER}, not_by=lead, given="asked",
        event=done, needs=(needs.DECISION, needs.NOTE), branches=(refuse,), **effect,
    )  # fmt: skip
    straight = Transition(
        action=action, sources=sources, by=DISPATCHER, not_by=lead, given="nothing_asked",
        event=done, needs=given, **effect,
    )  # fmt: skip
    return ask, decide, straight


_REROUTED = Branch(
    need="rerouted", values=frozenset({True}), target=S.FILED, event=E.REROUTED,
    ends=EVERY_CLOCK, starts=(Step.DISPATCH,),
)  # fmt: skip
_REOPENED: dict[str, Any] = {
    "target": S.FILED,
    "event": E.REOPENED,
    "ends": EVERY_CLOCK,
    "starts": (Step.DISPATCH,),
}

TABLE: tuple[Transition, ...] = (
    # 核实 立案 派遣 报到 处置 反馈 核查 结案
    Transition(
        action=A.VERIFY, sources=states(S.RECEIVED), target=S.VERIFIED, by=DISPATCHER | {P.FIELD},
        event=E.VERIFIED, needs=(needs.NOTE, needs.PHOTOS), ends=(Step.VERIFY,),
        starts=(Step.FILE,),
    ),
    Transition(
        action=A.FILE, sources=EARLY, target=S.FILED, by=DISPATCHER, event=E.FILED,
        needs=(needs.NOTE,), ends=(Step.VERIFY, Step.FILE), starts=(Step.DISPATCH,),
    ),
    Transition(
        action=A.DISPATCH, sources=states(S.FILED), target=S.DISPATCHED, by=DISPATCHER,
        event=E.DISPATCHED,
        needs=(needs.UNIT, needs.SUPPORTING, needs.LIMIT_DAYS, needs.NOTE),
        ends=(Step.DISPATCH,), starts=(Step.CHECK_IN, Step.HANDLE),
    ),
    Transition(
        action=A.DISPATCH, sources=SENT, target=S.DISPATCHED, by=who(P.ARBITER), event=E.RULED,
        needs=(needs.RULED_UNIT, needs.RULED_SUPPORTING, needs.RULED_DAYS, needs.NOTE),
        ends=EVERY_CLOCK, starts=(Step.CHECK_IN, Step.HANDLE),
    ),
    Transition(
        action=A.CHECK_IN, sources=states(S.DISPATCHED), target=S.CHECKED_IN, by=who(P.LEAD),
        event=E.CHECKED_IN, needs=(needs.NOTE,), ends=(Step.CHECK_IN,),
    ),
    Transition(
        action=A.CHECK_IN, sources=SENT, by=who(P.SUPPORTING), given="support_is_out",
        event=E.SUPPORT_CHECKED_IN, needs=(needs.NOTE,),
    ),
    Transition(
        action=A.HANDLE, sources=states(S.CHECKED_IN), target=S.HANDLED, by=who(P.LEAD),
        not_by=who(P.ARBITER), event=E.HANDLED,
        needs=(needs.said(_("已按要求处置完毕。")), needs.PHOTOS),
        ends=(Step.HANDLE,), starts=(Step.FEED_BACK,),
    ),
    Transition(
        action=A.HANDLE, sources=states(S.CHECKED_IN), by=who(P.SUPPORTING),
        event=E.SUPPORT_HANDLED, needs=(needs.said(_("已配合处置。")), needs.PHOTOS),
    ),
    Transition(
        action=A.FEED_BACK, sources=states(S.HANDLED), target=S.FED_BACK, by=who(P.LEAD),
        event=E.FED_BACK, needs=(needs.said(_("您反映的问题已处置，请您查看。")), needs.PHOTOS),
        ends=(Step.FEED_BACK,), starts=(Step.INSPECT,),
    ),
    Transition(
        action=A.INSPECT, sources=states(S.FED_BACK), target=S.INSPECTED,
        by=who(P.FIELD, P.GROUND, P.CENTRE), not_by=who(P.LEAD), event=E.INSPECTED,
        needs=(needs.NOTE, needs.PHOTOS), ends=(Step.INSPECT,), starts=(Step.CLOSE,),
    ),
    Transition(
        action=A.CLOSE, sources=states(S.INSPECTED), target=S.CLOSED, by=DISPATCHER,
        event=E.CLOSED, needs=(needs.NOTE,), ends=EVERY_CLOCK, starts=(Step.CALL_BACK,),
    ),
    # 回访 评价
    Transition(
        action=A.CALL_BACK, sources=states(S.CLOSED), by=DISPATCHER, event=E.CALLED_BACK,
        needs=(needs.RESULT, needs.NOTE), ends=(Step.CALL_BACK,),
        branches=(Branch(need="result", values=frozenset({"dissatisfied"}), **_REOPENED),),
    ),
    Transition(
        action=A.SURVEY, sources=states(S.CLOSED), by=DISPATCHER | {P.REPORTER}, event=E.SURVEYED,
        needs=(needs.SCORE, needs.NOTE),
        branches=(Branch(need="score", values=frozenset({"1", "2"}), **_REOPENED),),
    ),
    # 回退 返工 挂账 延期 作废
    *_asked(
        A.RETURN, SENT, asked=E.RETURN_ASKED, done=E.RETURNED, refused=E.RETURN_REFUSED,
        given=(needs.said(_("不属本单位职责。")),), **_TO_DISPATCH,
    ),
    Transition(
        action=A.REWORK, sources=WORKED, target=S.CHECKED_IN, given="led",
        by=who(P.FIELD, P.GROUND, P.CENTRE), not_by=who(P.LEAD), event=E.REWORKED,
        needs=(needs.said(_("现场核查未达要求。")), needs.PHOTOS),
        ends=EVERY_CLOCK, starts=(Step.HANDLE,),
    ),
    # What a worker handled alone and not well is dispatched to somebody.
    Transition(
        action=A.REWORK, sources=states(S.FED_BACK, S.INSPECTED), given="not_led",
        by=who(P.FIELD, P.GROUND, P.CENTRE), event=E.REWORKED,
        needs=(needs.said(_("现场核查未达要求。")), needs.PHOTOS), **_TO_DISPATCH,
    ),
    *_asked(
        A.SUSPEND, SENT | {S.HANDLED}, asked=E.SUSPEND_ASKED, done=E.SUSPENDED,
        refused=E.SUSPEND_REFUSED,
        given=(needs.SUSPEND_REASON, needs.UNTIL, needs.said(_("暂不具备处置条件。"))),
        target=S.SUSPENDED, clocks=PAUSED,
    ),
    Transition(
        action=A.RESUME, sources=states(S.SUSPENDED), target=HELD, by=DISPATCHER | {P.LEAD},
        event=E.RESUMED, needs=(needs.NOTE,), clocks=RESUMED,
    ),
    *_asked(
        A.EXTEND, SENT, asked=E.EXTEND_ASKED, done=E.EXTENDED, refused=E.EXTEND_REFUSED,
        given=(needs.EXTRA_DAYS, needs.said(_("处置需要更多时间。"))),
    ),
    Transition(
        action=A.VOID, sources=UNSENT, target=S.VOID, by=DISPATCHER, event=E.VOIDED,
        needs=(needs.said(_("不成立。")),), ends=EVERY_CLOCK,
    ),
    *_asked(
        A.VOID, SENT | {S.HANDLED, S.SUSPENDED}, asked=E.VOID_ASKED, done=E.VOIDED,
        refused=E.VOID_REFUSED, given=(needs.said(_("现场无此问题。")),),
        target=S.VOID, ends=EVERY_CLOCK,
    ),
    # 提级 降级 督办
    Transition(
        action=A.ESCALATE, sources=EARLY, by=DISPATCHER, given="below_centre", event=E.ESCALATED,
        needs=(needs.said(_("本级难以解决。")),),
    ),
    Transition(
        action=A.ESCALATE, sources=SENT | {S.FILED}, by=DISPATCHER | {P.LEAD},
        given="below_centre", event=E.ESCALATED, needs=(needs.said(_("本级难以解决。")),),
        **_TO_DISPATCH,
    ),
    Transition(
        action=A.ESCALATE, sources=UNSENT | SENT, by=who(P.CENTRE), given="at_centre",
        event=E.COMMANDED,
        needs=(needs.COMMANDER, needs.TEAM, needs.said(_("重点事项，请区领导牵头。"))),
    ),
    Transition(
        action=A.DEESCALATE, sources=EARLY, by=DISPATCHER, given="above_community",
        event=E.DEESCALATED, needs=(needs.said(_("可由下一级办理。")),),
    ),
    Transition(
        action=A.DEESCALATE, sources=SENT | {S.FILED}, by=DISPATCHER, given="above_community",
        event=E.DEESCALATED, needs=(needs.said(_("可由下一级办理。")),), **_TO_DISPATCH,
    ),
    Transition(
        action=A.SUPERVISE, sources=OPEN - EARLY, by=who(P.CENTRE, P.LEADER, P.GROUND),
        not_by=who(P.LEAD), given="not_supervised", event=E.SUPERVISED,
        needs=(needs.HOURS, needs.said(_("请加快办理并说明进展。"))),
    ),
    Transition(
        action=A.REPLY, sources=OPEN, by=DISPATCHER | {P.LEAD}, given="supervised",
        event=E.SUPERVISION_REPLIED, needs=(needs.said(_("正在办理，将按期完成。")),),
    ),
    # 重开 合并 拆分 改派
    Transition(
        action=A.REOPEN, sources=states(S.CLOSED, S.VOID), by=DISPATCHER,
        needs=(needs.said(_("问题再次出现。")),), **_REOPENED,
    ),
    Transition(
        action=A.MERGE, sources=UNSENT | SENT, target=S.MERGED, by=DISPATCHER, event=E.MERGED,
        needs=(needs.INTO, needs.NOTE), clocks=PAUSED,
    ),
    Transition(
        action=A.UNMERGE, sources=states(S.MERGED), target=HELD, by=DISPATCHER,
        event=E.UNMERGED, needs=(needs.NOTE,), clocks=RESUMED,
    ),
    *(
        Transition(
            action=A.MOVE, sources=sources, by=DISPATCHER | {P.FIELD}, event=E.MOVED,
            needs=(needs.LON, needs.LAT, needs.DATUM, needs.NOTE), branches=branches,
        )
        for sources, branches in ((UNSENT, ()), (SENT, (_REROUTED,)))
    ),
    *(
        Transition(
            action=A.RECATEGORISE, sources=sources, by=DISPATCHER, event=E.RECATEGORISED,
            needs=(needs.CATEGORY, needs.NOTE), branches=branches,
        )
        for sources, branches in ((UNSENT, ()), (SENT, (_REROUTED,)))
    ),
    # 自处理: without a picture of before and after somebody else looks first.
    Transition(
        action=A.SELF_HANDLE, sources=UNSENT, target=S.CLOSED, by=who(P.FIELD),
        event=E.SELF_HANDLED,
        needs=(needs.said(_("已当场处置。")), needs.BEFORE, needs.AFTER),
        ends=EVERY_CLOCK, starts=(Step.CALL_BACK,),
        branches=(
            Branch(
                need="proven", values=frozenset({False}), target=S.FED_BACK,
                event=E.SELF_HANDLED, ends=EVERY_CLOCK, starts=(Step.INSPECT,),
            ),
        ),
    ),
)  # fmt: skip


def rows_of(action: str) -> list[Transition]:
    """The rows of an action, in order; none for a name that is no action."""
    return [row for row in TABLE if row.action == action]
