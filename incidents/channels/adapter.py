"""What an adapter says of itself, and what it makes of a partner's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from gis.api.fields import FieldReader
from gis.kernel.datum import Datum

__all__ = ["Adapter", "Mapped", "Way"]


class Way(Enum):
    """How something comes in or goes out."""

    PAGE = "page"
    API = "api"
    WEBHOOK = "webhook"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Mapped:
    """A partner's row in the shape of `POST /api/v1/reports`, without the channel.

    `names` leads from a field of ours to the partner's, so that a refusal names what they sent.
    """

    external_id: str
    body: dict[str, Any]
    names: Mapping[str, str] = field(default_factory=dict)
    deadline: datetime | None = None


Read = Callable[[FieldReader, datetime], Mapped]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """A channel. `datum` is what its positions are in unless they say otherwise.

    One that takes webhooks or files has `read`, and `fields`, the partner's names. `rows` names the
    list in a body that brings several; `numbers` are those that a table of text holds as figures.
    With `asks_organisation` it is enterprises that report, and they say their name.
    """

    code: str
    datum: Datum
    ways_in: frozenset[Way]
    ways_out: frozenset[Way] = frozenset()
    fields: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    rows: str = ""
    asks_organisation: bool = False
    read: Read | None = None
