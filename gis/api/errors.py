"""One shape for every refusal, and the one mapping from exceptions to it.

    {"errors": [{"field": "lon", "code": "out_of_range", "message": "…", "message_en": "…"}]}

`field` is null when the request as a whole is refused. A caller's mistake is always a 4xx.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework import exceptions
from rest_framework.views import set_rollback

from gis.api.problems import FRAMEWORK, Problem, Refused, body, known
from gis.kernel.errors import InvalidTerritory, WanggeError

log = logging.getLogger(__name__)

RETRY_AFTER_S = "2"
# SQLSTATE classes: connection, rollback, resources, locks, intervention. Others are our mistakes.
PASSING = ("08", "40", "53", "55", "57")


def handler(exc: Exception, _context: dict[str, Any]) -> JsonResponse | None:
    """DRF's exception handler: what a caller did wrong becomes a 4xx with reasons.

    A database that is away for the moment is a 503, and worth another try. Anything else returns
    None: it is ours, and is logged with its trace as a 500.
    """
    if _is_passing(exc):
        log.warning("数据库暂不可用 (the database is away): %s", exc)
        return tell([known("unavailable")], 503, {"Retry-After": RETRY_AFTER_S})
    answer = _answer(exc)
    if answer is None:
        return None
    status_code, problems = answer
    set_rollback()
    # JSON whatever was asked for: a client that wanted YAML can still read it.
    return tell(problems, status_code, _headers(exc))


def _is_passing(exc: Exception) -> bool:
    """Whether the database was lost, full, locked or stopped: the same request may fare better."""
    if not isinstance(exc, OperationalError | InterfaceError):
        return False
    state = getattr(exc.__cause__, "sqlstate", None)
    return state is None or state.startswith(PASSING)


def tell(
    problems: list[Problem], status_code: int, headers: dict[str, str] | None = None
) -> JsonResponse:
    """The reasons as a response, in a shape that people can read too."""
    return JsonResponse(
        body(problems),
        status=status_code,
        headers=headers,
        json_dumps_params={"ensure_ascii": False},
    )


def _answer(exc: Exception) -> tuple[int, list[Problem]] | None:
    if isinstance(exc, Refused):
        return exc.status_code, exc.problems
    if isinstance(exc, exceptions.ValidationError):
        return exc.status_code, list(_flatten(exc.detail, ""))
    if isinstance(exc, exceptions.APIException):
        return exc.status_code, [_framework(exc)]
    if isinstance(exc, WanggeError):
        # Territory that cannot be used is the state of a plan, not of the request.
        status_code = 409 if isinstance(exc, InvalidTerritory) else 400
        return status_code, [Problem(exc.field, _code_of(exc), exc.message, exc.message)]
    if isinstance(exc, ValidationError):
        return 400, list(_django(exc))
    if isinstance(exc, Http404):
        return 404, [known("not_found")]
    if isinstance(exc, PermissionDenied):
        return 403, [known("permission_denied")]
    if isinstance(exc, RequestDataTooBig):
        return 413, [known("too_large")]
    if isinstance(exc, SuspiciousOperation):
        return 400, [known("bad_request")]
    return None


def _headers(exc: Exception) -> dict[str, str]:
    headers = {}
    if isinstance(exc, exceptions.APIException):
        challenge = getattr(exc, "auth_header", None)
        if challenge:
            headers["WWW-Authenticate"] = challenge
        if getattr(exc, "wait", None) is not None:
            headers["Retry-After"] = str(int(exc.wait) + 1)  # type: ignore[attr-defined]
    return headers


def _framework(exc: exceptions.APIException) -> Problem:
    code = str(exc.get_codes()) if isinstance(exc.get_codes(), str) else exc.default_code
    if code in FRAMEWORK:
        return known(code)
    return Problem(None, code, str(exc.detail), str(exc.detail))


def _flatten(detail: Any, path: str) -> Iterable[Problem]:
    """DRF's nested detail as flat reasons; rows are named `[3].lon`."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            yield from _flatten(value, f"{path}.{name}" if path and name else path or name)
    elif isinstance(detail, list):
        nested = any(isinstance(part, Mapping | list) for part in detail)
        for number, part in enumerate(detail):
            yield from _flatten(part, f"{path}[{number}]" if nested else path)
    else:
        yield Problem(path or None, getattr(detail, "code", "invalid"), str(detail), str(detail))


def _django(exc: ValidationError) -> Iterable[Problem]:
    if hasattr(exc, "error_dict"):
        for name, found in exc.error_dict.items():
            for one in found:
                message = " ".join(one.messages)
                yield Problem(
                    None if name == "__all__" else name, one.code or "invalid", message, message
                )
    else:
        for message in exc.messages:
            yield Problem(None, getattr(exc, "code", None) or "invalid", message, message)


def _code_of(exc: WanggeError) -> str:
    """`InvalidCoordinate` → `invalid_coordinate`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(exc).__name__).lower()


def lockout(request: HttpRequest, _response: Any = None, _credentials: Any = None) -> HttpResponse:
    """What django-axes answers for a locked account: JSON to a program, a sentence to a person."""
    problem = known("locked_out")
    if request.path.startswith("/api/"):
        return tell([problem], 429)
    text = f"{problem.message}\n{problem.message_en}\n"
    return HttpResponse(text, status=429, content_type="text/plain; charset=utf-8")


def plain(request: HttpRequest, status_code: int, code: str) -> HttpResponse:
    """A refusal from outside DRF: JSON under /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        return tell([known(code)], status_code)
    if status_code == 404:
        return defaults.page_not_found(request, Http404())
    if status_code == 500:
        return defaults.server_error(request)
    return defaults.bad_request(request, SuspiciousOperation())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Django's handler400."""
    return plain(request, 400, "bad_request")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Django's handler404."""
    return plain(request, 404, "not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: says nothing of the inside."""
    return plain(request, 500, "server_error")
