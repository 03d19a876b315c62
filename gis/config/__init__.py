"""The composition root: settings, routes and processes. Nothing imports it but the process."""

from gis.config.celery import app as celery_app

__all__ = ["celery_app"]
