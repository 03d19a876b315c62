"""Reasons for refusing a request, in the two languages.

Apart from `gis.api.errors` because the framework loads authentication and parsers, which refuse,
before it can load the views that the handler belongs to.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rest_framework import exceptions, status

# What the framework itself refuses: code → (中文, English).
FRAMEWORK = {
    "not_authenticated": ("请先登录，或带上令牌。", "Sign in, or send a bearer token."),
    "authentication_failed": ("身份无法确认。", "Could not tell who you are."),
    "permission_denied": ("没有权限。", "You may not do this."),
    "not_found": ("没有找到。", "Not found."),
    "method_not_allowed": ("此地址不接受这个方法。", "This method is not allowed here."),
    "not_acceptable": ("只提供 JSON。", "Only JSON is offered here."),
    "unsupported_media_type": (
        "请以 application/json 发送。",
        "Send the body as application/json.",
    ),
    "throttled": ("请求太频繁，请稍后再试。", "Too many requests; try again later."),
    "parse_error": ("请求内容无法读取。", "The body cannot be read."),
    "bad_request": ("请求无法接受。", "The request cannot be accepted."),
    "too_large": ("请求内容太大。", "The body is too large."),
    "locked_out": (
        "失败次数过多，账号已暂时锁定，请稍后再试。",
        "Too many failures: locked for a while, try again later.",
    ),
    "unavailable": (
        "系统暂时繁忙，请用同一请求再试。",
        "Not available for the moment: send the same request again.",
    ),
    "server_error": ("系统出错，已记录。", "Something broke here; it has been logged."),
}


@dataclass(frozen=True)
class Problem:
    """One reason: which field, a code for programs, and words for people."""

    field: str | None
    code: str
    message: str
    message_en: str


class Refused(exceptions.APIException):
    """A request refused for one or more named reasons."""

    status_code: int = status.HTTP_400_BAD_REQUEST
    default_code = "invalid"

    def __init__(self, problems: Iterable[Problem], status_code: int | None = None) -> None:
        self.problems = list(problems)
        super().__init__(detail=[problem.message for problem in self.problems])
        if status_code is not None:
            self.status_code = status_code
        self.auth_header: str | None = None


def refuse(
    field: str | None, code: str, message: str, message_en: str, *, status_code: int | None = None
) -> Refused:
    """The exception for a single reason."""
    return Refused([Problem(field, code, message, message_en)], status_code)


def known(code: str, field: str | None = None) -> Problem:
    """A reason whose words are in `FRAMEWORK`."""
    message, message_en = FRAMEWORK[code]
    return Problem(field, code, message, message_en)


def body(problems: Iterable[Problem]) -> dict[str, Any]:
    """The JSON body that tells `problems`."""
    return {"errors": [asdict(problem) for problem in problems]}
