"""JSON as RFC 8259 has it, within budgets: what `json.loads` lets through is refused by name.

Refused, with the path of the culprit: NaN and infinity (also as `1e999`), integers beyond 18
digits, a repeated key, NUL and lone surrogates in text (PostgreSQL holds neither), more than
`max_depth` levels, more than `max_bytes` bytes, anything that is not UTF-8.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import IO, Any

from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from gis.api.problems import Refused, refuse

MAX_DIGITS = 18
# An escape that may mean NUL or half of a pair: the text is then looked through.
_SUSPECT = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class _Bad:
    """Stands in the parsed tree where something was refused, so that its path can be told."""

    def __init__(self, code: str, message: str, message_en: str) -> None:
        self.reason = (code, message, message_en)


_NOT_FINITE = _Bad("not_finite", "必须是有限数。", "Must be a finite number.")
_TOO_LONG = _Bad("too_large_number", "数字太大。", "The number is too large.")
_REPEATED = _Bad("repeated_key", "同一个键出现了两次。", "The key appears twice.")
_TEXT = _Bad("bad_text", "含有不能保存的字符。", "Holds a character that cannot be stored.")


class _FoundBad(Exception):
    """Leaves the C decoder at once; the slow way then names the culprit."""


class StrictJSONParser(BaseParser):
    """DRF parser for `application/json`; subclass it for a route with another budget."""

    media_type = "application/json"
    max_bytes = 1024 * 1024
    max_depth = 32

    def parse(
        self, stream: IO[Any], _media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """The value of the body. Raises `Refused` (400, or 413 for its size)."""
        return parse_json(self.read(stream, parser_context), max_depth=self.max_depth)

    def read(self, stream: IO[Any], parser_context: Any) -> bytes:
        """The bytes of the body, within the budget. Raises `Refused` (413)."""
        request = (parser_context or {}).get("request")
        declared = str(request.META.get("CONTENT_LENGTH") or "") if request is not None else ""
        if declared.isdigit() and int(declared[:20]) > self.max_bytes:
            raise self._too_large()
        raw: bytes = stream.read(self.max_bytes + 1)
        if len(raw) > self.max_bytes:
            raise self._too_large()
        return raw

    def _too_large(self) -> Refused:
        return refuse(
            None,
            "too_large",
            f"请求内容太大，最多 {self.max_bytes} 字节。",
            f"The body is too large: at most {self.max_bytes} bytes.",
            status_code=413,
        )


class OctetParser(StrictJSONParser):
    """The bytes of the body as they came, within the budget; `octets` hands them on."""

    def parse(
        self, stream: IO[Any], _media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        return self.read(stream, parser_context)


def octets(request: Request) -> bytes:
    """The bytes that `OctetParser` read; none for a request without a body."""
    sent: object = request.data
    return sent if isinstance(sent, bytes) else b""


def parse_json(raw: bytes, *, max_depth: int = 32) -> Any:
    """The value of a UTF-8 JSON text. Raises `Refused` that names the path of what is wrong."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        zh, en = f"第 {error.start} 字节不是 UTF-8。", f"Byte {error.start} is not UTF-8."
        raise refuse(None, "not_utf8", zh, en) from None
    suspect = _SUSPECT.search(text) is not None
    try:
        value = _decode(text, _leave)
    except _FoundBad:
        value, suspect = _decode(text, _mark), True
    if _deeper_than(value, max_depth):
        raise _too_deep()
    for path, bad in _bad_parts(value, "") if suspect else ():
        raise refuse(path or None, *bad.reason)
    return value


def _decode(text: str, react: Callable[[_Bad], Any]) -> Any:
    """Decode, handing each bad part to `react`."""

    def number(digits: str) -> Any:
        value = float(digits)
        return value if math.isfinite(value) else react(_NOT_FINITE)

    def integer(digits: str) -> Any:
        return int(digits) if len(digits) <= MAX_DIGITS else react(_TOO_LONG)

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            repeated = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            found[repeated] = react(_REPEATED)
        return found

    try:
        return json.loads(
            text,
            parse_float=number,
            parse_int=integer,
            parse_constant=lambda _: react(_NOT_FINITE),
            object_pairs_hook=mapping,
        )
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        raise refuse(
            None,
            "parse_error",
            f"不是 JSON：第 {error.lineno} 行第 {error.colno} 列。",
            f"Not JSON: line {error.lineno} column {error.colno}: {error.msg}.",
        ) from None


def _leave(_: _Bad) -> Any:
    raise _FoundBad


def _mark(bad: _Bad) -> Any:
    return bad


def _too_deep() -> Refused:
    return refuse(None, "too_deep", "JSON 嵌套太深。", "The JSON is nested too deeply.")


def _deeper_than(value: Any, levels: int) -> bool:
    level = [value]
    for _ in range(levels):
        level = [
            part
            for holder in level
            if isinstance(holder, dict | list)
            for part in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(part, dict | list)
        ]
    return bool(level)


def _bad_parts(value: Any, path: str) -> Iterator[tuple[str, _Bad]]:
    if isinstance(value, _Bad):
        yield path, value
    elif isinstance(value, str) and _UNSTORABLE.search(value):
        yield path, _TEXT
    elif isinstance(value, dict):
        for key, part in value.items():
            if _UNSTORABLE.search(key):
                yield path, _TEXT
            yield from _bad_parts(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _bad_parts(part, f"{path}[{number}]")
