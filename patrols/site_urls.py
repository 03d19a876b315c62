"""The pages of this app; its API is in `patrols.urls`."""

from django.urls import path

from patrols import views

urlpatterns = [
    path("patrol/", views.patrol_page, name="patrol"),
    path("patrol/sw.js", views.service_worker, name="patrol_sw"),
    path("patrol/map-worker.js", views.map_worker, name="patrol_map_worker"),
    path("patrol/manifest.webmanifest", views.manifest, name="patrol_manifest"),
]
