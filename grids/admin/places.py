"""Places: a new district is a row, its envelope a rectangle or an outline on the map."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from pyproj import CRS
from pyproj.exceptions import CRSError

from grids.admin.base import DeskAdmin, DeskForm
from grids.models import Block, Grid, Place, Region, Station

DAYS = [
    (1, "周一 Mon"),
    (2, "周二 Tue"),
    (3, "周三 Wed"),
    (4, "周四 Thu"),
    (5, "周五 Fri"),
    (6, "周六 Sat"),
    (7, "周日 Sun"),
]


def ground_extents(place: Place) -> list[tuple[float, float, float, float]]:
    """Bounds (degrees) of what already lies in `place`."""
    rows: list[tuple[QuerySet[Any], str]] = [
        (Region.objects.filter(edition__place=place), "geometry"),
        (Grid.objects.filter(edition__place=place), "geometry"),
        (Block.objects.filter(place=place), "geometry"),
        (Station.objects.filter(place=place), "position"),
    ]
    found = [query.aggregate(box=Extent(column))["box"] for query, column in rows]
    return [box for box in found if box]


class PlaceForm(DeskForm):
    weekdays = forms.TypedMultipleChoiceField(
        label="工作日", choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def clean_envelope(self) -> GEOSGeometry:
        """The envelope binds territory, so it may not shrink below what is there."""
        envelope: GEOSGeometry = self.cleaned_data["envelope"]
        if self.instance.pk is None or envelope is None:
            return envelope
        for box in ground_extents(self.instance):
            if not envelope.covers(Polygon.from_bbox(box)):
                west, south, east, north = box
                raise ValidationError(
                    f"已有数据位于经度 {west:.5f}–{east:.5f}、纬度 {south:.5f}–{north:.5f}，"
                    "范围须包住它。(The envelope must cover what already lies in the place.)"
                )
        return envelope

    def clean_srid_m(self) -> int:
        """A projected system in metres: areas and distances are computed in it."""
        srid: int = self.cleaned_data["srid_m"]
        try:
            crs = CRS.from_epsg(srid)
        except CRSError:
            raise ValidationError(f"没有 EPSG:{srid}。(There is no such system.)") from None
        if not crs.is_projected or any(axis.unit_name != "metre" for axis in crs.axis_info):
            raise ValidationError(
                f"EPSG:{srid}（{crs.name}）不是以米为单位的投影坐标系。(Not projected in metres.)"
            )
        return srid

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise ValidationError(f"没有时区 {zone!r}，例如 Asia/Shanghai。(Unknown time zone.)")
        return zone


@admin.register(Place)
class PlaceAdmin(DeskAdmin):
    form = PlaceForm
    ground = "envelope"
    deferred = ("envelope",)
    list_display = ["code", "name", "srid_m", "time_zone", "snap_tolerance_m", "review_number"]
    search_fields = ["code", "name", "name_en"]
    fieldsets: ClassVar = [
        (None, {"fields": ["code", "name", "name_en"]}),
        ("范围 · Envelope", {"fields": ["envelope", "srid_m", "snap_tolerance_m"]}),
        ("工作历 · Calendar", {"fields": ["time_zone", "weekdays", "work_from", "work_until"]}),
        (
            "地图署名 · Map line",
            {"fields": ["attribution", "review_number", "notice", "notice_en"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Place]:
        rows = super().get_queryset(request)
        own = getattr(request.user, "place_id", None)
        return rows.filter(pk=own) if own and not request.user.is_superuser else rows

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Areas of everything that lies in the place were computed in this system.
        return ["srid_m", "code"] if obj and obj.editions.exists() else []
