"""What the reads of maps are asked: a place, an edition, a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rest_framework.request import Request

from gis.api.query import check_query
from grids.api.scopes import Scope, ScopeReader
from incidents.questions import PARAMETERS, CaseQuestion, read_moment, read_question
from maps.wall.moment import Moment

__all__ = ["Asked", "moment_of", "read_asked", "read_scope"]

SCOPE = frozenset({"place", "edition"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about cases, and the ground on which it is answered."""

    scope: Scope
    question: CaseQuestion


def read_scope(request: Request, more: frozenset[str] = frozenset()) -> Scope:
    """The place and edition asked for; any other parameter must be one of `more`.

    Raises `Refused`.
    """
    check_query(request, SCOPE | more)
    asked = request.query_params
    return ScopeReader(request.user).require(asked.get("place", ""), asked.get("edition", ""))


def read_asked(request: Request, more: frozenset[str] = frozenset()) -> Asked:
    """The same, with a question about cases. Raises `Refused`."""
    scope = read_scope(request, PARAMETERS | more)
    zone = ZoneInfo(scope.place.time_zone)
    return Asked(scope, read_question(request.query_params.dict(), zone))


def moment_of(request: Request, scope: Scope, now: datetime) -> Moment:
    """`?at=` on the clock of the place, or now. Raises `Refused`."""
    zone = ZoneInfo(scope.place.time_zone)
    text = request.query_params.get("at", "")
    at = read_moment(text, "at", zone) if text else now
    return Moment(at.astimezone(zone), zone, is_now=not text)
