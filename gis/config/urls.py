from django.contrib import admin
from django.urls import include, path

from gis.api.docs import DocsView, SchemaView
from gis.config.health import healthz

handler400 = "gis.api.errors.bad_request"
handler404 = "gis.api.errors.not_found"
handler500 = "gis.api.errors.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("grids.api.urls")),
    path("api/v1/", include("incidents.urls")),
    path("api/v1/patrols/", include("patrols.urls")),
    path("api/v1/", include("maps.api.urls")),
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/docs", DocsView.as_view(), name="docs"),
    path("", include("incidents.site_urls")),
    path("", include("patrols.site_urls")),
    path("", include("maps.urls")),
]
