"""`manage.py resnap --edition E`: every report's grid in an edition."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from gis.ledger.services import outbox
from grids.models import Edition, Place
from incidents.services import resnap

PAUSE_S = 0.5
PATIENCE_S = 60.0


class Command(BaseCommand):
    help = "为每件诉求确定其在某一区划版本中的网格 (attribute every report in an edition)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--edition", required=True, help="版本名 (name of the edition)")
        parser.add_argument("--place", default="", help="地区代码 (code of the place)")
        parser.add_argument("--chunk", type=int, default=resnap.CHUNK, help="每批件数 (per chunk)")
        parser.add_argument(
            "--here", action="store_true", help="本进程也参与处理 (work in this process too)"
        )
        parser.add_argument(
            "--no-wait", action="store_true", help="只登记，不等待 (promise only, do not wait)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["chunk"] < 1:
            raise CommandError("--chunk 至少为 1 (at least 1)")
        edition = _edition(options["place"], options["edition"])
        messages = resnap.begin(edition, now=timezone.now(), chunk=options["chunk"])
        self.stdout.write(f"{edition.name}：{len(messages)} 批 (chunks)")
        if options["no_wait"] or not messages:
            return
        self._watch(messages, here=options["here"], quiet=options["verbosity"] == 0)

    def _watch(self, messages: list[int], *, here: bool, quiet: bool) -> None:
        """Until every chunk is done. Raises `CommandError` when one fails or nobody works."""
        moved_at, done = time.monotonic(), 0
        with tqdm(total=len(messages), disable=quiet, unit="批") as bar:
            while done < len(messages):
                if not (here and outbox.relay_one(now=timezone.now())):
                    time.sleep(PAUSE_S)
                found = resnap.progress(messages)
                bar.update(found.done - done)
                if found.done > done:
                    moved_at, done = time.monotonic(), found.done
                if found.failed and found.failed + done == len(messages):
                    raise CommandError(
                        f"{found.failed} 批失败，将自动重试；再次运行可继续 "
                        f"(failed, will be tried again): {found.last_error}"
                    )
                if time.monotonic() - moved_at > PATIENCE_S:
                    raise CommandError(
                        "一分钟没有进展：后台进程在运行吗？也可加 --here "
                        "(no progress for a minute: is a worker running? or add --here)"
                    )
        self.stdout.write(self.style.SUCCESS("完成 (done)"))


def _edition(place: str, name: str) -> Edition:
    places = list(Place.objects.filter(**({"code": place} if place else {}))[:2])
    if len(places) != 1:
        raise CommandError("请用 --place 指明一个地区 (name one place)")
    rows = Edition.objects.select_related("place").filter(place=places[0], name=name)
    edition: Edition | None = rows.first()
    if edition is None:
        raise CommandError(f"没有区划版本 {name} (no such edition)")
    return edition
