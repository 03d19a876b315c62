from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

# Cells along each side of a block, and what a cell is kept as: seconds since 1970.
BLOCK, SECONDS = 32, "<u4"
BYTES = BLOCK * BLOCK * 4


class RecordedBlock(models.Model):
    """When good tracks and visits last came near the cells of a part of the place's lattice.

    `column`, `row` number its south-west cell from the origin of the plane `srid_m`; `seconds`
    holds `BLOCK` × `BLOCK` of them (`SECONDS`, row by row from the south-west, 0 where nothing is
    recorded). Moved on from what comes in, and kept when the fixes themselves are deleted.
    `version` is that of the place when the block last changed.
    """

    place = models.ForeignKey(
        "grids.Place", models.CASCADE, related_name="+", verbose_name=_("地区")
    )
    srid_m = models.PositiveIntegerField(_("米制坐标系"))
    column = models.IntegerField(_("列"))
    row = models.IntegerField(_("行"))
    seconds = models.BinaryField(_("上次记录"))
    version = models.BigIntegerField(_("版本"))

    class Meta:
        verbose_name = _("上次记录")
        verbose_name_plural = _("上次记录")
        constraints = [
            models.UniqueConstraint(
                fields=["place", "srid_m", "column", "row"], name="recorded_block_once"
            ),
            models.CheckConstraint(
                condition=Exact(Length("seconds"), BYTES), name="recorded_block_is_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.column}/{self.row}"
