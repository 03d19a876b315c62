"""The site's addresses, and one that does nothing."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from gis.config.urls import urlpatterns as site


def empty(_request: HttpRequest) -> HttpResponse:
    """The least that a view can do."""
    return HttpResponse(b"", content_type="text/plain")


urlpatterns = [path("empty", empty), *site]
