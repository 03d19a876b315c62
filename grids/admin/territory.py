"""Regions, blocks, grids and lineage. Only the ground of a draft can be changed."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from gis.ledger.admin import ReadOnlyAdmin
from grids.admin.base import DeskAdmin, DeskForm
from grids.admin.filters import (
    EditionFilter,
    IntoFilter,
    OldEditionFilter,
    PlaceFilter,
    SubdistrictFilter,
)
from grids.admin.geometry import show
from grids.admin.layers import tilejson
from grids.choices import EditionState
from grids.models import Block, Edition, Grid, GridBlock, Lineage, Region

FIXED = (
    "该版本已发布或已取消：界线只能由新版本取代，不能修改。要调整，请建立草稿版本后发布。"
    "(This edition is not a draft. Boundaries are superseded, never edited: "
    "make a draft edition and publish it.)"
)
DRAFT = (
    "草稿可以修改；发布时检验全部网格无重叠。面积按地区的米制坐标系计算。"
    "(A draft can be changed. Publishing proves that no grids overlap.)"
)


def area_m2(geometry: GEOSGeometry, srid_m: int) -> float:
    """Area in the metric system `srid_m` of a geometry in EPSG:4326."""
    return float(geometry.transform(srid_m, clone=True).area)


class OfEditionForm(DeskForm):
    ground = "geometry"
    region_field = ""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        region = self.cleaned_data.get(self.region_field)
        edition = self.cleaned_data.get("edition") or (
            self.instance.edition if self.instance.edition_id else None
        )
        if region and edition and region.edition_id != edition.pk:
            self.add_error(
                self.region_field,
                f"{region} 属于另一版本，请选 {edition.name} 版本的辖区。(Of another edition.)",
            )
        return cleaned


class WithArea(DeskAdmin):
    @admin.display(description="面积（平方米）", ordering="area_m2")
    def area(self, obj: Any) -> str:
        return "" if obj.area_m2 is None else f"{obj.area_m2:,.0f}"


class OfEditionAdmin(WithArea):
    """A row of an edition: open while the edition is a draft, to be read afterwards."""

    ground = "geometry"
    list_select_related = ["edition"]
    readonly_fields = ["area", "ground_map"]

    def is_draft(self, obj: Any) -> bool:
        return obj is None or obj.edition.state == EditionState.DRAFT

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and self.is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self.is_draft(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "edition"] if obj else fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        draft = self.is_draft(obj) and self.has_change_permission(request, obj)
        ground = "geometry" if draft or obj is None else "ground_map"
        return [
            (None, {"fields": self.plain_fields, "description": DRAFT if draft else FIXED}),
            ("范围 · Ground", {"fields": [ground, "area"]}),
        ]

    plain_fields: ClassVar[list[str]] = []

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: Any, **kwargs: Any
    ) -> Any:
        if db_field.name == "edition":
            rows = Edition.objects.for_user(request.user).filter(state=EditionState.DRAFT)
            kwargs["queryset"] = rows.select_related("place")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.area_m2 = area_m2(obj.geometry, obj.edition.place.srid_m)
        super().save_model(request, obj, form, change)

    @admin.display(description="范围")
    def ground_map(self, obj: Any) -> SafeString:
        return show(obj.geometry, place=obj.edition.place, neighbours=self.neighbours(obj))


class RegionForm(OfEditionForm):
    region_field = "parent"


@admin.register(Region)
class RegionAdmin(OfEditionAdmin):
    form = RegionForm
    deferred = ("geometry", "parent__geometry")
    list_display = ["code", "name", "level", "parent__name", "edition__name", "area"]
    list_filter = ["level", EditionFilter, SubdistrictFilter]
    list_select_related = ["edition", "parent"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["parent"]
    plain_fields = ["edition", "level", "code", "name", "parent"]

    def neighbours(self, obj: Any) -> str:
        return tilejson("regions", obj.edition) if obj else ""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, choosable(request, queryset), search_term)


def choosable(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """What a form may choose: rows of divisions in force or to come, not of the past."""
    match = request.resolver_match
    if match is None or match.url_name != "autocomplete":
        return rows
    return rows.exclude(edition__state__in=[EditionState.SUPERSEDED, EditionState.CANCELLED])


BLOCK_FIELDS = ("code", "name", "kind", "area_m2", "households", "people")


class BlockInline(admin.TabularInline[GridBlock, Grid]):
    """What a grid is made of. Blocks are put together by import or plan, not by hand."""

    model = GridBlock
    fields = BLOCK_FIELDS
    readonly_fields = BLOCK_FIELDS
    verbose_name_plural = "组成地块 · Blocks"
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[GridBlock]:
        rows = super().get_queryset(request)
        return rows.select_related("block").defer("block__geometry").order_by("block__code")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="代码")
    def code(self, row: GridBlock) -> str:
        return row.block.code

    @admin.display(description="名称")
    def name(self, row: GridBlock) -> str:
        return row.block.name

    @admin.display(description="类型")
    def kind(self, row: GridBlock) -> str:
        return row.block.get_kind_display()

    @admin.display(description="面积（平方米）")
    def area_m2(self, row: GridBlock) -> str:
        return f"{row.block.area_m2:,.0f}"

    @admin.display(description="户数")
    def households(self, row: GridBlock) -> int:
        return row.block.households

    @admin.display(description="人口")
    def people(self, row: GridBlock) -> int:
        return row.block.people


class GridForm(OfEditionForm):
    region_field = "region"


@admin.register(Grid)
class GridAdmin(OfEditionAdmin):
    form = GridForm
    deferred = ("geometry", "label", "region__geometry")
    list_display = [
        "code",
        "name",
        "kind",
        "region__name",
        "edition__name",
        "households",
        "people",
        "area",
    ]
    list_filter = [EditionFilter, "kind", SubdistrictFilter]
    list_select_related = ["edition", "region"]
    search_fields = ["code", "name", "region__name"]
    autocomplete_fields = ["region"]
    inlines = [BlockInline]
    plain_fields = ["edition", "region", "code", "name", "kind", "households", "people"]

    def neighbours(self, obj: Any) -> str:
        return tilejson("grids", obj.edition) if obj else ""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, choosable(request, queryset), search_term)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if obj.label is None or not obj.geometry.covers(obj.label):
            obj.label = obj.geometry.point_on_surface
        super().save_model(request, obj, form, change)


class BlockForm(DeskForm):
    ground = "geometry"

    def clean_valid_from(self) -> Edition | None:
        edition: Edition | None = self.cleaned_data["valid_from"]
        place = self.place()
        if edition and place and edition.place_id != place.pk:
            raise ValidationError("该版本属于另一地区。(The edition is of another place.)")
        return edition


@admin.register(Block)
class BlockAdmin(WithArea):
    form = BlockForm
    ground = "geometry"
    deferred = ("geometry", "parent__geometry")
    list_display = ["code", "name", "kind", "place", "households", "people", "area"]
    list_filter = [PlaceFilter, "kind"]
    list_select_related = ["place"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["parent"]
    readonly_fields = ["area", "ground_map"]

    def is_free(self, obj: Any) -> bool:
        """Whether no edition but a draft is built from the block."""
        if obj is None:
            return True
        held = GridBlock.objects.filter(block=obj)
        return not held.exclude(edition__state=EditionState.DRAFT).exists()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        free = self.is_free(obj) and self.has_change_permission(request, obj)
        plain = ["place", "code", "name", "kind", "households", "people", "parent", "valid_from"]
        return [
            (None, {"fields": plain}),
            (
                "范围 · Ground",
                {
                    "fields": ["geometry" if free else "ground_map", "area"],
                    "description": "" if free else BLOCK_FIXED,
                },
            ),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        if obj:
            fields.append("place")
        return fields if self.is_free(obj) else [*fields, "code", "parent", "valid_from"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self.is_free(obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.area_m2 = area_m2(obj.geometry, obj.place.srid_m)
        super().save_model(request, obj, form, change)

    @admin.display(description="范围")
    def ground_map(self, obj: Any) -> SafeString:
        return show(obj.geometry, place=obj.place)


BLOCK_FIXED = (
    "已发布的版本由此地块组成，界线不能修改；拆分时建立子地块，自下一版本起有效。"
    "(A published edition is built from this block. Splitting makes children for the next edition.)"
)


@admin.register(Lineage)
class LineageAdmin(ReadOnlyAdmin):
    """Computed between two editions by `manage.py lineage`; to be read."""

    list_display = [
        "old",
        "new",
        "into",
        "relation",
        "area_share_of_old",
        "area_share_of_new",
        "people_share_of_old",
        "people_share_of_new",
    ]
    list_filter = ["relation", OldEditionFilter, IntoFilter]
    search_fields = ["old__code", "new__code"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lineage]:
        rows = super().get_queryset(request).select_related("old", "new", "into")
        own = getattr(request.user, "place_id", None)
        if own and not request.user.is_superuser:
            rows = rows.filter(old__edition__place=own)
        return rows.defer("old__geometry", "old__label", "new__geometry", "new__label")
