"""The Celery app: PostgreSQL holds the work (the outbox), Redis only carries it.

`acks_late` with `reject_on_worker_lost` and a short sweep make a killed worker's task return within
seconds; every task is therefore written to be safe when it runs twice.
"""

import os

from celery import Celery

import gis.config.pulse  # noqa: F401 - connects the signals of beat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.config.settings")

app = Celery("wangge")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
