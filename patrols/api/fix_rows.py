"""Reading fixes as phones send them: row by row by a schema, in C; a wrong row is refused alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from gis.api.problems import refuse
from patrols.choices import DatumCode, Refusal
from patrols.services.fixes import FixColumns

__all__ = ["MOST_FIXES", "Read", "Unread", "read_fixes"]

MOST_FIXES = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST_S = 253_402_214_400  # the last day of the year 9999: what a datetime holds in every zone
_NOT_TOLD = float("nan")

_Seconds = Meta(ge=0, le=_LAST_S)
# No control characters, which PostgreSQL or a log would stumble over, and no blanks around it.
_Device = Annotated[str, Meta(pattern=r"\A(?! )[^\x00-\x1f\x7f]{1,40}(?<! )\Z")]


class FixRow(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One fix: degrees in `datum`, metres, metres per second, degrees from north, per cent."""

    device: _Device
    sequence: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    time: Annotated[datetime, Meta(tz=True)] | Annotated[int, _Seconds] | Annotated[float, _Seconds]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    datum: Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
    accuracy_m: Annotated[float, Meta(ge=0, le=1e6)] | None
    speed: Annotated[float, Meta(ge=0, le=1e4)] | None = None
    heading: Annotated[float, Meta(ge=0, le=360)] | None = None
    battery: Annotated[float, Meta(ge=0, le=100)] | None = None


class _Sequence(msgspec.Struct):
    """What a row that cannot be read is known by."""

    sequence: Any = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that is no fix: its place in the list, its sequence if it has one, what is wrong."""

    row: int
    sequence: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Read:
    """The fixes of a body; `rows` are their places in the list."""

    columns: FixColumns
    rows: NDArray[np.int64]
    unread: list[Unread]


_split = msgspec.json.Decoder(list[msgspec.Raw])
_read = msgspec.json.Decoder(FixRow)
_sequence = msgspec.json.Decoder(_Sequence)
_CODES = {code.label: code.value for code in DatumCode}


def read_fixes(raw: bytes, worker: int) -> Read:
    """The fixes of `worker` in a JSON list. Raises `Refused` when the body is no list of at most
    `MOST_FIXES`; a row that is no fix is told in `unread`.
    """
    found, rows, at_us, unread = list[FixRow](), list[int](), list[int](), list[Unread]()
    for number, part in enumerate(_parts(raw)):
        try:
            fix = _read.decode(part)
            at_us.append(_microseconds(fix.time))
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
            unread.append(Unread(number, _sequence_of(part), str(error)))
            continue
        found.append(fix)
        rows.append(number)
    return Read(_columns(found, at_us, worker), np.array(rows, np.int64), unread)


def _parts(raw: bytes) -> list[msgspec.Raw]:
    try:
        raw.decode("utf-8")
        parts = _split.decode(raw)
    except UnicodeDecodeError as error:
        zh, en = f"第 {error.start} 字节不是 UTF-8。", f"Byte {error.start} is not UTF-8."
        raise refuse(None, "not_utf8", zh, en) from None
    except msgspec.ValidationError:
        zh, en = "应为轨迹点的列表。", "Must be a list of fixes."
        raise refuse(None, "not_a_list", zh, en) from None
    except msgspec.DecodeError as error:
        zh, en = f"不是 JSON：{error}。", f"Not JSON: {error}."
        raise refuse(None, "parse_error", zh, en) from None
    except RecursionError:
        zh, en = "JSON 嵌套太深。", "The JSON is nested too deeply."
        raise refuse(None, "too_deep", zh, en) from None
    if len(parts) > MOST_FIXES:
        zh = f"一次最多 {MOST_FIXES} 个点，收到 {len(parts)} 个。"
        en = f"At most {MOST_FIXES} fixes at a time: {len(parts)} came."
        raise refuse(None, "too_many", zh, en)
    return parts


def _microseconds(time: datetime | float) -> int:
    if not isinstance(time, datetime):
        return round(time * 1e6)
    at_us = (time - _EPOCH) // _MICROSECOND
    if not 0 <= at_us <= _LAST_S * 1_000_000:
        raise ValueError("Expected a time from 1970 to 9999 - at `$.time`")
    return at_us


def _sequence_of(part: msgspec.Raw) -> int | None:
    try:
        sequence = _sequence.decode(part).sequence
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    is_number = isinstance(sequence, int) and not isinstance(sequence, bool)
    return sequence if is_number and abs(sequence) < 2**63 else None


def _columns(found: list[FixRow], at_us: list[int], worker: int) -> FixColumns:
    return FixColumns(
        worker=np.full(len(found), worker, np.int64),
        device=np.array([fix.device for fix in found], np.str_),
        sequence=np.array([fix.sequence for fix in found], np.int64),
        at_us=np.array(at_us, np.int64),
        lon=np.array([fix.lon for fix in found], np.float64),
        lat=np.array([fix.lat for fix in found], np.float64),
        datum=np.array([_CODES[fix.datum] for fix in found], np.int16),
        accuracy_m=_told([fix.accuracy_m for fix in found]),
        speed_mps=_told([fix.speed for fix in found]),
        heading_deg=_told([fix.heading for fix in found]),
        battery=_told([fix.battery for fix in found]),
    )


def _told(values: list[float | None]) -> NDArray[np.float64]:
    return np.array([_NOT_TOLD if value is None else value for value in values], np.float64)


def refusal_of(one: Unread) -> dict[str, Any]:
    """What the sender is told of a row that is no fix."""
    return {
        "sequence": one.sequence,
        "reason": Refusal.INVALID.value,
        "row": one.row,
        "detail": one.detail,
    }
