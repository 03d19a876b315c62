"""`manage.py load_demo`: build the demonstration district and write it, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError
from django.utils import timezone
from tqdm import tqdm

from gis.kernel.errors import WanggeError
from grids.choices import EditionState
from grids.demo.build import build_district
from grids.demo.profile import Profile, load_profile
from grids.demo.writer import write_district
from grids.models import Edition, Grid, Place
from grids.selectors import snap_index

STEPS = 10
BAR = "{percentage:3.0f}%|{bar:30}| {elapsed} {desc}"


class Command(BaseCommand):
    help = "装入演示区 (build the demonstration district of a profile and write it, once)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--profile",
            type=Path,
            default=Path(settings.BASE_DIR) / "fixtures" / "laoshan",
            help="地区档案目录 (folder of the place's profile)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            profile = load_profile(options["profile"])
            if not self._is_there(profile):
                self._load(profile, quiet=options["verbosity"] == 0)
        except WanggeError as error:
            raise CommandError(str(error)) from error
        except IntegrityError as error:
            raise CommandError(
                "库中已有同名的用户或代码，什么也没有写入；请使用空数据库。"
                f"(Something of the same name is there; nothing was written.) {error}"
            ) from error

    def _is_there(self, profile: Profile) -> bool:
        place = Place.objects.filter(code=profile.place["code"]).first()
        if place is None:
            return False
        if place.profile_digest == profile.digest:
            self.stdout.write(f"{place.name} 演示数据已在库中 (already loaded)")
        else:
            # Editions in force are never edited, so a changed profile needs an empty database.
            self.stderr.write(
                f"{place.name} 已在库中，但与档案不同；未作改动。要重新生成，请使用空数据库。"
                "(The place is there with other content and was left alone; "
                "load a changed profile into an empty database.)"
            )
        return True

    def _load(self, profile: Profile, *, quiet: bool) -> None:
        with tqdm(total=STEPS, disable=quiet, bar_format=BAR) as bar:
            started = False

            def progress(step: str) -> None:
                nonlocal started
                bar.update(1 if started else 0)
                started = True
                bar.set_description_str(step)

            district = build_district(profile, progress)
            write_district(district, now=timezone.now(), progress=progress)
            progress("核对定位 checking the snap index")
            self._check_snapping(profile.place["code"])
            bar.update(1)
        counts = "、".join(f"{d.name} 版 {len(d.codes)} 个网格" for d in district.divisions)
        self.stdout.write(
            f"{profile.place['name']}：{len(district.blocks)} 个地块，{counts} "
            "(demonstration district loaded)"
        )

    def _check_snapping(self, place: str) -> None:
        """Every grid's label lands in its own grid; this also compiles the look-up, once."""
        edition = Edition.objects.get(place__code=place, state=EditionState.IN_FORCE)
        rows = list(Grid.objects.of(edition).values_list("code", "label"))
        lon, lat = (np.array([label[axis] for _, label in rows]) for axis in (0, 1))
        index = snap_index(edition)
        if index is None:
            raise CommandError("演示区没有网格 (the demonstration has no grids)")
        for (code, _), found in zip(rows, index.answer_many(lon, lat), strict=True):
            if found.grid is None or index.codes[found.grid] != code:
                raise CommandError(f"网格 {code} 的标注点不在其内 (its label lies elsewhere)")
