"""`manage.py drop_files`: read the files that partners have dropped."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from incidents.channels.dropping import drop_files


class Command(BaseCommand):
    help = "读取对接方投放的文件 (read the files that partners have dropped)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder", default="", help="投放目录 (the folder, default WANGGE_DROP_FOLDER)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"] or settings.DROP_FOLDER
        if not folder or not Path(folder).is_dir():
            raise CommandError("请用 --folder 指明目录 (name the folder)")
        for one in drop_files(now=timezone.now(), root=folder):
            self.stdout.write(
                f"{one.name}：收下 {one.kept}，有误 {one.wrong} (rows kept, rows refused)"
            )
