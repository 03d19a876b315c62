"""Bring the database to what this version needs: migrations, and in the demo the district."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from gis.ledger.models import Heartbeat

# Any number of our own: two starts at once must not migrate at the same time.
LOCK = 0x77616E67


class Command(BaseCommand):
    help = "执行迁移；演示模式下装入演示区 (migrate; in demo mode load the demo district)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="只迁移 (migrations only)")

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            if self._waiting():
                call_command("migrate", interactive=False, verbosity=options["verbosity"])
            if settings.DEMO and not options["no_demo"]:
                call_command("load_demo", verbosity=options["verbosity"])
                call_command("load_demo_spots", verbosity=options["verbosity"])
                call_command("load_demo_reports", verbosity=options["verbosity"])
                if settings.SIMULATE:
                    call_command("simulate", verbosity=options["verbosity"])
            call_command("derive_shapes")
            # Signs of life from before a restart would call parts alive that are not up yet.
            Heartbeat.objects.all().delete()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def _waiting(self) -> bool:
        """A start with nothing to migrate should not pay for the signals of a migration."""
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
