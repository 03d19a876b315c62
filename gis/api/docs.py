"""The OpenAPI document, and a page to read and try it that needs no network but this server."""

from typing import Any

from django.views.generic import TemplateView
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the token is described in the document."""

    target_class = "gis.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


@extend_schema(exclude=True)
class SchemaView(SpectacularAPIView):
    """OpenAPI 3 as YAML, or JSON with `?format=json`. Says nothing of the data, so it is public."""

    authentication_classes = ()


class DocsView(TemplateView):
    """Swagger UI from the locked `drf-spectacular-sidecar` wheel: nothing inline."""

    template_name = "gis/api_docs.html"
