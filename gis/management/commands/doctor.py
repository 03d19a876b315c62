"""`manage.py doctor`: does this installation stand, and if not, how to mend it."""

from typing import Any

from django.core.management.base import BaseCommand

from gis.management.doctor import examination
from gis.management.doctor.finding import FAIL, OK, WARN, Finding

MARKS = {OK: "✓", WARN: "!", FAIL: "✗"}


class Command(BaseCommand):
    help = "检查安装：每项给出结果与处理办法 (check this installation, and say how to mend it)"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        findings = [self._show(finding) for finding in examination()]
        failed = sum(finding.level == FAIL for finding in findings)
        warned = sum(finding.level == WARN for finding in findings)
        self.stdout.write(
            f"\n共 {len(findings)} 项，失败 {failed}，提醒 {warned}"
            f" · {len(findings)} checks, {failed} failed, {warned} warnings"
        )
        if failed:
            raise SystemExit(1)

    def _show(self, finding: Finding) -> Finding:
        paint = {OK: self.style.SUCCESS, WARN: self.style.WARNING, FAIL: self.style.ERROR}
        mark = paint[finding.level](MARKS[finding.level])
        self.stdout.write(f"{mark} {finding.title}: {finding.seen}")
        if finding.mend and finding.level != OK:
            self.stdout.write(f"    → {finding.mend}")
        return finding
