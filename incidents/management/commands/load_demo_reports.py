"""`manage.py load_demo_reports`: channels, categories and a history for the demonstration, once."""

from __future__ import annotations

import gc
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from gis.kernel.errors import WanggeError
from grids.imports.gazette import place_of
from incidents.assessment.scheme import load_scheme
from incidents.demo.living.profile import load_living
from incidents.demo.profile import FILE, load_history
from incidents.demo.writer import loaded_digest, write_history
from incidents.services.handling_tables import load_handling
from incidents.services.tables import load_tables


@contextmanager
def _no_collector() -> Iterator[None]:
    """A million objects that all stay: looking for garbage among them is a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Command(BaseCommand):
    help = (
        "装入渠道、类别与演示诉求 (load channels, categories and the demonstration's reports, once)"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--profile",
            type=Path,
            default=Path(settings.BASE_DIR) / "fixtures" / "laoshan",
            help="地区档案目录 (folder of the place's profile)",
        )
        parser.add_argument(
            "--tables-only",
            action="store_true",
            help="只装渠道与类别 (channels and categories only)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["profile"]
        try:
            tables = load_tables(folder)
            if tables.channels or tables.categories:
                self.stdout.write(
                    f"渠道 {tables.channels} 个，类别 {tables.categories} 个"
                    " (channels and categories added)"
                )
            if not options["tables_only"]:
                self._handling(folder)
                self._assessment(folder)
                if (folder / FILE).is_file():
                    self._history(folder)
        except WanggeError as error:
            raise CommandError(str(error)) from error

    def _handling(self, folder: Path) -> None:
        place = place_of(tomllib.loads((folder / "place.toml").read_text(encoding="utf-8"))["code"])
        added = load_handling(folder, place)
        if added.limits or added.responsibilities or added.holidays or added.duplicates:
            self.stdout.write(
                f"时限 {added.limits} 条，权责清单 {added.responsibilities} 条，"
                f"分派规则 {added.rules} 条，节假日 {added.holidays} 天"
                f"，重复判定 {added.duplicates} 条"
                " (time limits, responsibilities, rules, holidays, rules for duplicates added)"
            )

    def _assessment(self, folder: Path) -> None:
        place = place_of(tomllib.loads((folder / "place.toml").read_text(encoding="utf-8"))["code"])
        scheme = load_scheme(folder, place, now=timezone.now())
        if scheme is not None:
            self.stdout.write(f"考评办法：{scheme.name} (assessment scheme added)")

    def _history(self, folder: Path) -> None:
        profile = load_history(folder)
        place = place_of(tomllib.loads((folder / "place.toml").read_text(encoding="utf-8"))["code"])
        there = loaded_digest(place)
        if there is None:
            now, living = timezone.now(), load_living(folder)
            with _no_collector():
                written = write_history(profile, place, now=now, living=living)
            self.stdout.write(
                f"{place.name}：{written.reports} 件演示诉求，{written.unplaced} 件不在任何网格内"
                f"，办理 {written.deeds} 步 (demonstration reports loaded; in no grid; steps taken)"
            )
        elif there == profile.digest:
            self.stdout.write(f"{place.name} 演示诉求已在库中 (already loaded)")
        else:
            # What a report says is never edited, so a changed profile needs an empty database.
            self.stderr.write(
                f"{place.name} 演示诉求已在库中，但与档案不同；未作改动。"
                "(Reports of another profile are there and were left alone.)"
            )
