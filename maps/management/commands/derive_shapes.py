"""Derive the shapes of tiles for every published edition that has none that fit."""

from typing import Any

from django.core.management.base import BaseCommand

from grids.models import Edition
from maps.tiles.derive import derive
from maps.tiles.draw import shapes_of
from maps.tiles.layers import LAYERS


class Command(BaseCommand):
    help = "生成瓦片图形，已有的不重做 (derive the shapes of tiles where they are missing)"

    def handle(self, *args: Any, **options: Any) -> None:
        editions = Edition.objects.exclude(digest="").select_related("place", "shape_set")
        for edition in editions:
            if shapes_of(LAYERS["grids"], edition):
                continue
            made = derive(edition)
            if made is not None:
                count = made.shapes.count()
                self.stdout.write(
                    f"{edition.place.name} {edition.name}：瓦片图形 {count} 个 (shapes of tiles)"
                )
