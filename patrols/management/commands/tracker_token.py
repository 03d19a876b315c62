"""`manage.py tracker_token`: give a worker's tracker app a secret, or end it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from grids.models import User
from patrols.services.trackers import NotAWorker, UnusableName, end_tracker, issue_tracker


class Command(BaseCommand):
    help = "签发或停用轨迹器密钥 (issue or end the secret of a tracker app)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("worker", help="用户名 (user name)")
        parser.add_argument("device", help="设备名，最多 40 字 (name of the device)")
        parser.add_argument("--end", action="store_true", help="停用 (let it open nothing)")

    def handle(self, *args: Any, **options: Any) -> None:
        device, now = options["device"].strip(), timezone.now()
        worker = User.objects.filter(username=options["worker"]).first()
        if worker is None:
            raise CommandError(f"没有用户 (no such user): {options['worker']}")
        if options["end"]:
            if not end_tracker(worker=worker, device=device, by=None, now=now):
                raise CommandError("没有有效的密钥 (there is no secret in force)")
            self.stdout.write("已停用 (ended)")
            return
        try:
            secret = issue_tracker(worker=worker, device=device, by=None, now=now)
        except (NotAWorker, UnusableName) as error:
            raise CommandError(str(error)) from error
        self.stderr.write("只显示这一次 (shown only this once):")
        self.stdout.write(secret)
