"""The project package as a Django app: shared templates, static files, messages and commands."""

from django.apps import AppConfig


class GisConfig(AppConfig):
    """Carries its own label, because `gis` is the label of `django.contrib.gis`."""

    name = "gis"
    label = "gis_site"
    verbose_name = "网格"
