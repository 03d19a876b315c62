"""Django under ASGI, with all of a request's work in one go on the request's thread."""

from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class OneGo(ASGIHandler):
    """Middleware and view as one call, as under WSGI.

    Left to itself, Django goes from the loop to the request's thread and back for what each
    middleware does before the view and after it. All of it is synchronous, as our views are.
    """

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        answer: Callable[[HttpRequest], HttpResponseBase] = self.get_response
        return await sync_to_async(answer, thread_sensitive=True)(request)
