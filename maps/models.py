"""What maps derives from territory for its tiles. All of it can be thrown away and made again."""

from typing import TYPE_CHECKING, Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:  # generic in the stubs only
    _GeometryField = GeometryField[Any, Any]
else:
    _GeometryField = GeometryField

# Deeper than any zoom: the shape as it is stored, nothing left out.
FULL = 22


class ShapeSet(models.Model):
    """That the shapes of an edition are there, all of them, and of which content.

    Written last, in the transaction that writes its shapes; both are never changed afterwards. A
    set whose digest is no longer its edition's, or that was made in another manner, counts as none.
    """

    edition = models.OneToOneField(
        "grids.Edition", models.CASCADE, related_name="shape_set", verbose_name=_("区划版本")
    )
    digest = models.CharField(_("内容摘要"), max_length=64)
    manner = models.PositiveSmallIntegerField(_("绘制方式"))
    made_at = models.DateTimeField(_("生成时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("瓦片图形集")
        verbose_name_plural = _("瓦片图形集")
        ordering = ["edition"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(digest=""), name="shape_set_has_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.digest[:8]}"


class Shape(models.Model):
    """One row of a layer as tiles down to `zoom` show it: web Mercator, EPSG:3857.

    Kept projected because projecting is most of the work of drawing a tile, and simplified for the
    zooms at which the whole of its vertices would fall on a handful of pixels.
    """

    shape_set = models.ForeignKey(
        ShapeSet, models.CASCADE, related_name="shapes", verbose_name=_("图形集"), db_index=False
    )
    layer = models.CharField(_("图层"), max_length=20)
    zoom = models.PositiveSmallIntegerField(_("最深级别"))
    code = models.CharField(_("代码"), max_length=32)
    attributes = models.JSONField(_("属性"))
    geometry_3857 = _GeometryField(_("图形"), srid=3857, spatial_index=False)

    class Meta:
        verbose_name = _("瓦片图形")
        verbose_name_plural = _("瓦片图形")
        ordering = ["shape_set", "layer", "zoom", "code"]
        indexes = [
            # One descent of one index finds what a tile holds.
            GistIndex(fields=["shape_set", "layer", "zoom", "geometry_3857"], name="shape_in_tile"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["shape_set", "layer", "zoom", "code"], name="shape_once"
            ),
            models.CheckConstraint(condition=models.Q(zoom__lte=FULL), name="shape_zoom_known"),
        ]

    def __str__(self) -> str:
        return f"{self.layer} {self.code} {self.zoom}"
