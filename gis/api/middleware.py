"""What no view should ever see."""

from collections.abc import Callable
from urllib.parse import unquote, unquote_to_bytes

from django.http import HttpRequest, HttpResponse

from gis.api.errors import plain, tell
from gis.api.problems import known

SIGNED_IN_AS = "X-Signed-In-As"


class CleanAddress:
    """Refuse with 400 a path or query that holds NUL or is not UTF-8.

    PostgreSQL cannot hold NUL, so that any lookup with one would end as a 500; bytes that are not
    UTF-8 would silently become U+FFFD and ask another question.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = unquote_to_bytes(request.META.get("QUERY_STRING", "").encode("utf-8", "replace"))
        if "\x00" in request.path_info or b"\x00" in query or not _is_utf8(query):
            return plain(request, 400, "bad_request")
        return self.get_response(request)


class SignedInAs:
    """Refuse with 401 what a page asks in the name of somebody else than the session's user.

    A page that keeps what waits to be sent may be older than the session: whose it is goes with it
    in `X-Signed-In-As` (percent-encoded), and nobody sends for another.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.headers.get(SIGNED_IN_AS)
        if said is not None and unquote(said) != request.user.get_username():
            return tell([known("not_authenticated")], 401)
        return self.get_response(request)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
