from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gis.ledger.models import AuditEvent
from gis.ledger.services import checkpoints
from gis.ledger.services.audit import broken_links


class Command(BaseCommand):
    help = (
        "核对审计链与检查点：被改、被删、被截、被调换的记录会被指出。"
        "(Checks the audit chains against themselves and against the signed checkpoints.)"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for event, reason in broken_links():
            broken += 1
            self.stderr.write(f"{event.chain} #{event.sequence} {event.action}: {reason}")
        compared = checkpoints.examine(now=timezone.now())
        for wrong in compared.wrong:
            self.stderr.write(wrong)
        self.stdout.write(self._coverage(compared))
        if broken or compared.wrong:
            raise CommandError(
                f"审计链有 {broken} 处断裂，与检查点有 {len(compared.wrong)} 处不符。"
                f"({broken} broken links, {len(compared.wrong)} differences from the checkpoints.)"
            )
        self.stdout.write(f"审计链完好，共 {AuditEvent.objects.count()} 条。(All links hold.)")

    def _coverage(self, compared: checkpoints.Examination) -> str:
        events = compared.tail_events
        if compared.last is None:
            return (
                f"尚无检查点，{events} 条未被覆盖。(No checkpoint yet, {events} events uncovered.)"
            )
        number, minutes = compared.last.number, round(compared.tail_minutes)
        return (
            f"最后的检查点是第 {number} 个，{minutes} 分钟前；其后 {events} 条未被覆盖。"
            f"(Checkpoint {number} was {minutes} minutes ago, {events} events since are uncovered.)"
        )
