"""`manage.py channel_key`: a signing key for a partner of a channel, told once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from incidents.channels import registry
from incidents.models import Channel
from incidents.services.partners import issue_key


class Command(BaseCommand):
    help = "为对接方签发新的签名密钥；只显示一次 (issue a signing key to a partner, shown once)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--channel", required=True, help="渠道代码 (code of the channel)")
        parser.add_argument("--name", required=True, help="对接方名称 (name of the partner)")
        parser.add_argument(
            "--alone", action="store_true", help="旧密钥立即失效 (the former key ends now)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        channel = Channel.objects.filter(code=options["channel"]).first()
        adapter = registry.find(options["channel"])
        if channel is None or adapter is None or adapter.read is None:
            takes = [one.code for one in registry.adapters().values() if one.read is not None]
            raise CommandError(f"可用渠道 (use one of): {', '.join(takes)}")
        if not 0 < len(options["name"]) <= 40:
            raise CommandError("名称须为 1–40 字 (1 to 40 characters)")
        key = issue_key(
            channel=channel, name=options["name"], now=timezone.now(), alone=options["alone"]
        )
        self.stdout.write(key)
