"""A slow second opinion: every case told again from its audit chain, with clocks of its own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gis.ledger.models import AuditEvent
from incidents.models import Incident, Report
from incidents.workflow.office import Allowance, Office, office_of

# What an event ends (None: everything) and starts.
DONE: dict[str, tuple[tuple[str, ...] | None, tuple[str, ...]]] = {
    "verified": (("verify",), ("file",)),
    "filed": (("verify", "file"), ("dispatch",)),
    "dispatched": (("dispatch",), ("check_in", "handle")),
    "routed": (("dispatch",), ("check_in", "handle")),
    "ruled": (None, ("check_in", "handle")),
    "checked_in": (("check_in",), ()),
    "handled": (("handle",), ("feed_back",)),
    "fed_back": (("feed_back",), ("inspect",)),
    "inspected": (("inspect",), ("close",)),
    "closed": (None, ()),
    "returned": (None, ("dispatch",)),
    "reopened": (None, ("dispatch",)),
    "rerouted": (None, ("dispatch",)),
    "reworked": (None, ("handle",)),
    "voided": (None, ()),
}
PUBLIC = {"resident", "wechat", "hotline", "police", "enterprise"}


@dataclass
class Watch:
    step: str
    unit: str
    started_at: datetime
    due_at: datetime
    ended_at: datetime | None = None
    left: float | None = None

    def judged(self, now: datetime) -> bool:
        return self.ended_at is not None or (self.left is None and self.due_at < now)

    def late(self, now: datetime) -> bool:
        return (self.ended_at or now) > self.due_at


@dataclass
class Life:
    """What became of a case, by its chain alone."""

    watches: list[Watch] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    state: str = "received"
    unit: str = ""
    closings: list[dict[str, Any]] = field(default_factory=list)
    rounds_from: int = 0

    def last(self, step: str) -> Watch | None:
        found = [one for one in self.watches if one.step == step]
        return found[-1] if found else None


def live_again(case: Incident, office: Office) -> Life:
    """The life of `case`."""
    life = Life()
    start(life, "verify", office, case.received_at, case)
    chain = AuditEvent.objects.filter(chain=f"incident:{case.number}").order_by("sequence")
    for event in list(chain)[1:]:
        name = event.action.removeprefix("incident.")
        step(life, name, event, case, office)
        life.names.append(name)
        life.state = event.data["to"]
    return life


def step(life: Life, name: str, event: AuditEvent, case: Incident, office: Office) -> None:
    at, data = event.at, event.data
    sent = name in ("dispatched", "routed", "ruled")
    if sent or name == "self_handled":
        life.unit = data["unit"] if sent else ""
    if "score" in data and life.closings:
        life.closings[-1]["answers"].append(data["score"])
    ends, starts = turns(name, data["to"])
    for one in running(life):
        if ends is None or one.step in ends:
            one.ended_at, one.left = at, None
    for new in starts:
        start(life, new, office, at, case, dispatched=sent)
    hold(life, name, office, at, float(data.get("days") or 0))
    if data["to"] == "closed" and data["from"] != "closed":
        close(life, event)
    if name == "reopened":
        life.rounds_from = len([one for one in life.watches if one.started_at < at])
        life.names.append("|")


def turns(name: str, to: str) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    if name in ("escalated", "deescalated") and to == "filed":
        return None, ("dispatch",)
    if name == "self_handled":
        return None, ("inspect",) if to == "fed_back" else ()
    return DONE.get(name, ((), ()))


def hold(life: Life, name: str, office: Office, at: datetime, days: float) -> None:
    if name in ("suspended", "merged"):
        pause(life, office, at)
    if name in ("resumed", "unmerged"):
        resume(life, office, at)
    if name == "extended":
        for one in running(life):
            if one.step == "handle":
                one.due_at = office.calendar.add(one.due_at, days * office.day_s)


def close(life: Life, event: AuditEvent) -> None:
    here = life.names[max((k for k, one in enumerate(life.names) if one == "|"), default=-1) + 1 :]
    here = [*here, event.action.removeprefix("incident.")]
    watches = [one for one in life.watches[life.rounds_from :] if one.ended_at is not None]
    life.closings.append(
        {
            "at": event.at,
            "unit": life.unit,
            "late": {
                step: any(
                    one.late(event.at)
                    for one in watches
                    if one.step == step
                    and (step in ("dispatch", "close") or (one.unit and one.unit == life.unit))
                )
                for step in ("dispatch", "check_in", "handle", "close")
            },
            "rework": here.count("reworked"),
            "suspended": here.count("suspended"),
            "extended": here.count("extended"),
            "reopened": len(life.closings),
            "answers": [],
        }
    )


def running(life: Life) -> list[Watch]:
    return [one for one in life.watches if one.ended_at is None]


def start(
    life: Life, step: str, office: Office, at: datetime, case: Incident, *, dispatched: bool = False
) -> None:
    code = case.category.code if case.category else ""
    allowance: Allowance = office.allowance(step, case.kind, code)
    duty = office.duty(code, office.day(at))
    if dispatched and step == "handle" and duty is not None:
        allowance = duty.allowance
    due = office.calendar.add(at, allowance.seconds(office.day_s))
    life.watches.append(Watch(step, life.unit, at, due))


def pause(life: Life, office: Office, at: datetime) -> None:
    for one in running(life):
        if one.left is None:
            one.left = (
                office.calendar.between(at, one.due_at)
                if one.due_at >= at
                else -office.calendar.between(one.due_at, at)
            )


def resume(life: Life, office: Office, at: datetime) -> None:
    for one in running(life):
        if one.left is None:
            continue
        if one.left > 0:
            one.due_at = office.calendar.add(at, one.left)
        one.due_at = one.due_at if one.left > 0 else min(one.due_at, at)
        one.left = None


def indicators(cases: list[Incident], now: datetime) -> dict[str, tuple[int, int]]:
    """Every indicator's numerator and denominator over `cases`."""
    found: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    office = office_of(cases[0].place) if cases else None
    for case in cases:
        assert office is not None
        life = live_again(case, office)
        assert life.state == case.state
        for name, pair in of_case(case, life, now).items():
            found[name].append(pair)
    return {
        name: (sum(won and tried for won, tried in pairs), sum(tried for _won, tried in pairs))
        for name, pairs in found.items()
    }


def of_case(case: Incident, life: Life, now: datetime) -> dict[str, tuple[bool, bool]]:
    """Whether the case is in each numerator and denominator."""
    alive = life.state not in ("void", "merged")
    told: dict[str, tuple[bool, bool]] = {}
    steps = {
        "verified_in_time": "verify", "filed_in_time": "file", "dispatched_in_time": "dispatch",
        "handled_in_time": "handle", "inspected_in_time": "inspect",
    }  # fmt: skip
    for name, step_name in steps.items():
        last = life.last(step_name)
        judged = last is not None and alive and last.judged(now)
        told[name] = (judged and last is not None and not last.late(now), judged)
    filed = "filed" in life.names or "self_handled" in life.names
    told["filed_rightly"] = (filed and life.state != "void", filed)
    sent = bool({"dispatched", "routed", "ruled"} & set(life.names)) and alive
    told["dispatched_rightly"] = (sent and "returned" not in life.names, sent)
    handled = "handled" in life.names and alive
    told["reworked"] = (handled and "reworked" in life.names, handled)
    closed = life.state == "closed"
    after = [life.last(one) for one in ("handle", "feed_back", "inspect", "close")]
    on_time = all(one is None or not one.late(now) for one in after)
    told["closed"] = (closed, alive)
    told["closed_in_time"] = (closed and on_time, alive)
    channels = set(Report.objects.filter(incident=case).values_list("channel__code", flat=True))
    told["reported_by_public"] = (bool(channels & PUBLIC), True)
    return told


__all__ = ["indicators", "live_again"]
