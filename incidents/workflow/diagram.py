"""The transition table as a drawing and as a list: the documents cannot tell another one."""

from __future__ import annotations

from incidents.choices import IncidentState
from incidents.workflow.table import HELD, TABLE, Branch, Transition

__all__ = ["as_mermaid", "as_table"]

# The ways that a reader looks for first; the rest is in the list.
_SIDE = {"escalate", "deescalate", "merge", "unmerge", "void"}


def as_mermaid() -> str:
    """A Mermaid state diagram: one arrow for each pair of states, with the actions on it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TABLE:
        if row.action in _SIDE:
            continue
        for source, target, action in _leads(row):
            names = arrows.setdefault((source, target), [])
            if action not in names:
                names.append(action)
    lines = ["stateDiagram-v2", "  [*] --> received", "  closed --> [*]"]
    lines += [f"  {a} --> {b}: {', '.join(names)}" for (a, b), names in arrows.items()]
    return "\n".join(lines)


def _leads(row: Transition) -> list[tuple[str, str, str]]:
    """From where to where a row leads, branches included; what stays is left out."""
    targets = [row.target, *(branch.target for branch in row.branches)]
    found = []
    for source in sorted(row.sources, key=list(IncidentState).index):
        for target in targets:
            if target is not None and target != HELD and target != source:
                found.append((source.value, str(target), row.action.value))
    if row.target == HELD:
        held = IncidentState.CHECKED_IN.value
        found += [(source.value, held, row.action.value) for source in row.sources]
    return found


def as_table() -> str:
    """Every row as a line of Markdown: action, from, who, condition, to, clocks, event."""
    names = ["action", "from", "by", "given", "to", "ends", "starts", "event"]
    head = f"| {' | '.join(names)} |\n|{'---|' * len(names)}"
    return "\n".join([head, *(_line(row) for row in TABLE)])


def _line(row: Transition) -> str:
    sources = ", ".join(one.value for one in IncidentState if one in row.sources)
    by = ", ".join(sorted(one.value for one in row.by))
    if row.not_by:
        by += f" (not {', '.join(sorted(one.value for one in row.not_by))})"
    to = [str(row.target or "·"), *(_branch(one) for one in row.branches)]
    ends = row.ends if isinstance(row.ends, str) else ", ".join(one.value for one in row.ends)
    starts = row.clocks or ", ".join(one.value for one in row.starts)
    events = [row.event.value, *(one.event.value for one in row.branches)]
    cells = [row.action.value, sources, by, row.given, "; ".join(to), ends, starts,
             ", ".join(dict.fromkeys(events))]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _branch(one: Branch) -> str:
    values = "/".join(sorted(map(str, one.values)))
    return f"{one.need} {values}: {one.target or '·'}"
