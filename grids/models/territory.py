import uuid

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis.db.fields import AreaField, OutlineField, PositionField, sound
from grids.choices import BlockKind, GridKind, RegionLevel
from grids.querysets import BlockQuerySet, GridQuerySet, RegionQuerySet

TERRITORY_CODE = RegexValidator(
    r"\A[0-9A-Za-z][0-9A-Za-z_.-]{0,31}\Z", _("1–32 个字母、数字、点、- 或 _。")
)


class Region(models.Model):
    """A subdistrict or community: a row of an edition with an identity that outlives it.

    Communities merge and split too, so a region belongs to an edition; `identity` follows the same
    community through editions, whatever its code or name.
    """

    edition = models.ForeignKey(
        "grids.Edition", models.CASCADE, related_name="regions", verbose_name=_("区划版本")
    )
    identity = models.UUIDField(_("身份"), default=uuid.uuid4, editable=False)
    level = models.CharField(_("层级"), max_length=12, choices=RegionLevel.choices)
    code = models.CharField(_("代码"), max_length=32, validators=[TERRITORY_CODE])
    name = models.CharField(_("名称"), max_length=80)
    parent = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级街道"),
    )
    geometry = AreaField(_("范围"))
    area_m2 = models.FloatField(_("面积（平方米）"))

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("街道与社区")
        verbose_name_plural = _("街道与社区")
        ordering = ["edition", "code"]
        indexes = [GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="region_name_trgm")]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="region_code_once"),
            models.UniqueConstraint(fields=["edition", "identity"], name="region_identity_once"),
            models.CheckConstraint(
                condition=models.Q(level__in=RegionLevel.values), name="region_level_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(level=RegionLevel.SUBDISTRICT, parent__isnull=False),
                name="region_subdistrict_is_top",
            ),
            models.CheckConstraint(condition=models.Q(area_m2__gt=0), name="region_has_area"),
            sound("geometry", table="region"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class Block(models.Model):
    """The atom that grids are built from; never cut by a grid border.

    Splitting a block makes children that are valid from the next edition; the parent then ends.
    """

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="blocks", verbose_name=_("地区")
    )
    code = models.CharField(_("代码"), max_length=32, validators=[TERRITORY_CODE])
    name = models.CharField(_("名称"), max_length=80, blank=True)
    kind = models.CharField(_("类型"), max_length=10, choices=BlockKind.choices)
    geometry = OutlineField(_("范围"))
    area_m2 = models.FloatField(_("面积（平方米）"))
    households = models.PositiveIntegerField(_("户数"), default=0)
    people = models.PositiveIntegerField(_("人口"), default=0)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("拆分自"),
    )
    valid_from = models.ForeignKey(
        "grids.Edition",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("始于版本"),
    )

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("单元地块")
        verbose_name_plural = _("单元地块")
        ordering = ["place", "code"]
        indexes = [
            # Most blocks have a code only.
            GinIndex(
                fields=["name"],
                opclasses=["gin_trgm_ops"],
                condition=~models.Q(name=""),
                name="block_name_trgm",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["place", "code"], name="block_code_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=BlockKind.values), name="block_kind_known"
            ),
            models.CheckConstraint(condition=models.Q(area_m2__gt=0), name="block_has_area"),
            sound("geometry", table="block"),
        ]

    def __str__(self) -> str:
        return self.code


class Grid(models.Model):
    """The unit that one grid worker answers for.

    In a Chinese district the code has 15 digits: 6 administrative, 3 subdistrict, 3 community, 3
    sequence. The polygon is the union of the grid's blocks, where the place has blocks.
    """

    edition = models.ForeignKey(
        "grids.Edition", models.CASCADE, related_name="grids", verbose_name=_("区划版本")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="grids", verbose_name=_("社区")
    )
    code = models.CharField(_("代码"), max_length=32, validators=[TERRITORY_CODE])
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(
        _("类型"), max_length=10, choices=GridKind.choices, default=GridKind.ORDINARY
    )
    geometry = AreaField(_("范围"))
    label = PositionField(_("标注点"))
    area_m2 = models.FloatField(_("面积（平方米）"))
    households = models.PositiveIntegerField(_("户数"), null=True, blank=True)
    people = models.PositiveIntegerField(_("人口"), null=True, blank=True)
    blocks = models.ManyToManyField(
        Block, through="grids.GridBlock", related_name="grids", verbose_name=_("地块")
    )

    objects = GridQuerySet.as_manager()

    class Meta:
        verbose_name = _("网格")
        verbose_name_plural = _("网格")
        ordering = ["edition", "code"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="grid_code_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=GridKind.values), name="grid_kind_known"
            ),
            models.CheckConstraint(condition=models.Q(area_m2__gt=0), name="grid_has_area"),
            sound("geometry", table="grid"),
            sound("label", table="grid"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class GridBlock(models.Model):
    """A block belongs to exactly one grid of an edition."""

    edition = models.ForeignKey(
        "grids.Edition", models.CASCADE, related_name="+", verbose_name=_("区划版本")
    )
    grid = models.ForeignKey(
        Grid, models.CASCADE, related_name="grid_blocks", verbose_name=_("网格")
    )
    block = models.ForeignKey(
        Block, models.PROTECT, related_name="grid_blocks", verbose_name=_("地块")
    )

    class Meta:
        verbose_name = _("网格地块")
        verbose_name_plural = _("网格地块")
        constraints = [
            models.UniqueConstraint(fields=["edition", "block"], name="block_in_one_grid"),
        ]

    def __str__(self) -> str:
        return f"{self.grid_id} {self.block_id}"
