from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gis.ledger.models import AuditEvent
from gis.ledger.services.audit import broken_links


class Command(BaseCommand):
    help = "核对审计链：被改、被删、被调换的记录会被指出。(Checks the audit chains.)"

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for event, reason in broken_links():
            broken += 1
            self.stderr.write(f"{event.chain} #{event.sequence} {event.action}: {reason}")
        if broken:
            raise CommandError(f"审计链有 {broken} 处断裂。({broken} broken links.)")
        self.stdout.write(f"审计链完好，共 {AuditEvent.objects.count()} 条。(All links hold.)")
