"""The national indicators (GB/T 30428, comprehensive evaluation), each a share of cases.

One SQL text says of every case what it counts for; figures add it up, lists take the cases it
names, so that a number and its list cannot differ. A step is judged by its last clock: in time when
that ended by its limit, late when it ended after, or still runs past it. Void and merged cases
count only where it says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.choices import IncidentState, Part, Step

__all__ = ["INDICATORS", "NOT", "Indicator", "flags_sql", "meeting"]

# Before an indicator's name: the cases of its denominator that are not in its numerator.
NOT = "not_"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A share: how many of the cases that meet `among` meet `counted` too (SQL over the flags)."""

    name: str
    label: str | Promise
    counted: str
    among: str
    more_is_better: bool | None = True


def _in_time(name: str, label: str | Promise, step: Step) -> Indicator:
    return Indicator(name, label, f"{step.value}_in_time", f"alive AND {step.value}_judged")


INDICATORS: tuple[Indicator, ...] = (
    _in_time("verified_in_time", _("按时核实率"), Step.VERIFY),
    _in_time("filed_in_time", _("按时立案率"), Step.FILE),
    Indicator("filed_rightly", _("准确立案率"), "NOT is_void", "is_filed"),
    _in_time("dispatched_in_time", _("按时派遣率"), Step.DISPATCH),
    Indicator("dispatched_rightly", _("准确派遣率"), "NOT is_returned", "alive AND is_dispatched"),
    _in_time("handled_in_time", _("按时处置率"), Step.HANDLE),
    Indicator("reworked", _("返工率"), "is_reworked", "alive AND is_handled", False),
    _in_time("inspected_in_time", _("按时核查率"), Step.INSPECT),
    Indicator("closed", _("结案率"), "is_closed", "alive"),
    Indicator("closed_in_time", _("按期结案率"), "is_closed AND sent_in_time", "alive"),
    Indicator("reported_by_public", _("漏报率"), "is_public", "TRUE", False),
)

_STEPS = (Step.VERIFY, Step.FILE, Step.DISPATCH, Step.HANDLE, Step.INSPECT)
_JUDGED = ", ".join(
    f"coalesce(bool_or(judged) FILTER (WHERE step = '{one}'), FALSE) AS {one}_judged, "
    f"coalesce(bool_or(in_time) FILTER (WHERE step = '{one}'), FALSE) AS {one}_in_time"
    for one in _STEPS
)
# What follows on a dispatch: a case is closed in time when none of these was late.
_SENT = ", ".join(f"'{one}'" for one in (Step.HANDLE, Step.FEED_BACK, Step.INSPECT, Step.CLOSE))
# Names of this file only; what is asked for comes in as parameters.
_FLAGS = f"""
asked AS MATERIALIZED ({{asked}}),
last AS MATERIALIZED (
  SELECT DISTINCT ON (c.incident_id, c.step) c.incident_id AS id, c.step,
    c.ended_at IS NOT NULL OR (c.paused_at IS NULL AND c.due_at < %s) AS judged,
    coalesce(c.ended_at, %s) <= c.due_at AS in_time
  FROM asked JOIN incidents_clock c ON c.incident_id = asked.id
  ORDER BY c.incident_id, c.step, c.id DESC),
steps AS MATERIALIZED (
  SELECT id, {_JUDGED},
    bool_or(step = '{Step.DISPATCH}') AS was_filed, bool_or(step = '{Step.CHECK_IN}') AS was_sent,
    bool_or(step = '{Step.FEED_BACK}') AS was_handled,
    coalesce(bool_and(in_time) FILTER (WHERE step IN ({_SENT})), TRUE) AS sent_in_time
  FROM last GROUP BY id),
returned AS MATERIALIZED (
  SELECT DISTINCT asked.id FROM asked
  JOIN incidents_assignment a ON a.incident_id = asked.id AND a.part = '{Part.LEAD}'
  JOIN incidents_clock c ON c.incident_id = asked.id AND c.step = '{Step.DISPATCH}'
    AND c.started_at = a.until
  WHERE EXISTS (SELECT FROM ledger_auditevent e WHERE e.chain = 'incident:' || asked.number
    AND e.action = 'incident.returned')),
public AS MATERIALIZED (
  SELECT DISTINCT asked.id FROM asked
  JOIN incidents_report r ON r.incident_id = asked.id
  JOIN incidents_channel h ON h.id = r.channel_id AND h.code = ANY(%s)),
flags AS (
  SELECT asked.*,
    asked.state NOT IN ('{IncidentState.VOID}', '{IncidentState.MERGED}') AS alive,
    asked.state = '{IncidentState.VOID}' AS is_void,
    asked.state = '{IncidentState.CLOSED}' AS is_closed,
    asked.reworked > 0 AS is_reworked,
    coalesce(was_filed, FALSE) OR asked.is_self_handled AS is_filed,
    coalesce(was_sent, FALSE) AS is_dispatched, coalesce(was_handled, FALSE) AS is_handled,
    coalesce(sent_in_time, TRUE) AS sent_in_time, returned.id IS NOT NULL AS is_returned,
    public.id IS NOT NULL AS is_public,
    {
    ", ".join(
        f"coalesce({one}_judged, FALSE) AS {one}_judged, "
        f"coalesce({one}_in_time, FALSE) AS {one}_in_time"
        for one in _STEPS
    )
}
  FROM asked LEFT JOIN steps ON steps.id = asked.id LEFT JOIN returned ON returned.id = asked.id
  LEFT JOIN public ON public.id = asked.id)
"""  # noqa: S608
# What the cases that are asked about must tell.
FIELDS = ("id", "number", "state", "reworked", "is_self_handled")


def flags_sql(
    rows: QuerySet[Any], *more: str, now: datetime, public_channels: Sequence[str]
) -> tuple[str, tuple[Any, ...]]:
    """`asked AS …, …, flags AS …`: the cases of `rows` with `FIELDS`, `more` and their flags."""
    inner, given = rows.order_by().values(*FIELDS, *more).query.sql_with_params()
    # Its own percent signs are doubled already, and the braces of the text are only these.
    return _FLAGS.replace("{asked}", inner), (*given, now, now, list(public_channels))


def meeting(
    rows: QuerySet[Any], name: str, *, now: datetime, public_channels: Sequence[str]
) -> QuerySet[Any]:
    """Of `rows`, the cases in the numerator of an indicator; after `NOT`, in the rest of it."""
    wanted = next(one for one in INDICATORS if one.name == name.removeprefix(NOT))
    counted = f"NOT ({wanted.counted})" if name.startswith(NOT) else f"({wanted.counted})"
    flags, given = flags_sql(rows, now=now, public_channels=public_channels)
    # No value of a request is in the text: names and conditions are those above. An array, since
    # that is made once, while a planner without statistics may ask a subquery for every row.
    keys = f"ARRAY(WITH {flags} SELECT id FROM flags WHERE ({wanted.among}) AND {counted})"  # noqa: S608
    return rows.filter(_is_any_of(RawSQL(keys, given)))  # noqa: S611


def _is_any_of(keys: RawSQL) -> Func:
    return Func(
        F("pk"), keys, template="(%(expressions)s)", arg_joiner=" = ANY",
        output_field=BooleanField(),
    )  # fmt: skip
