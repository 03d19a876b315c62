"""Grids, regions, stations, editions and lineage, page by page."""

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView

from gis.api.pagination import PAGE_PARAMETERS, CountedPagination, FeaturePagination
from gis.api.permissions import PublicRead
from gis.api.problems import refuse
from gis.api.query import StrictQueryMixin, bounding_box
from grids.api import filters, serializers
from grids.api.schemas import BBOX, EDITION, PLACE, ProblemsSerializer, query
from grids.api.scopes import Scope, ScopeReader
from grids.models import Edition, Grid, Lineage, Place, Region, Station
from grids.selectors import edition_before

_SCOPE = frozenset({"place", "edition"})
_REFUSED = {400: ProblemsSerializer, 404: ProblemsSerializer}


class TerritoryView(StrictQueryMixin, ListAPIView[Any]):
    """Rows that anybody may read where territory is public."""

    permission_classes = (PublicRead,)
    pagination_class: type[CountedPagination] = FeaturePagination
    filter_backends: tuple[Any, ...] = (DjangoFilterBackend,)

    def asked(self, name: str) -> str:
        """A query parameter, blank if it was not given."""
        return self.request.query_params.get(name, "")

    def scope(self) -> Scope:
        """The edition asked for. Raises `Refused`."""
        reader = ScopeReader(self.request.user)
        return reader.require(self.asked("place"), self.asked("edition"))

    def place(self) -> Place:
        """The place asked for. Raises `Refused`."""
        return ScopeReader(self.request.user).require_place(self.asked("place"))

    def in_box(self, rows: Any) -> Any:
        """The rows that meet `bbox`, all of them without it."""
        return rows.within(bounding_box(self.asked("bbox"))) if self.asked("bbox") else rows


@extend_schema_view(
    get=extend_schema(
        summary="网格 (grids)",
        parameters=[EDITION, PLACE, BBOX],
        responses={200: serializers.GridSerializer(many=True), **_REFUSED},
    )
)
class GridListView(TerritoryView):
    """The grids of an edition."""

    queryset = Grid.objects.none()
    serializer_class = serializers.GridSerializer
    filterset_class = filters.GridFilter
    query_parameters = _SCOPE | PAGE_PARAMETERS | {"bbox"} | filters.names_of(filters.GridFilter)

    def get_queryset(self) -> QuerySet[Grid]:
        rows = Grid.objects.for_user(self.request.user).of(self.scope().edition)
        # Outlines of regions are heavy, and nobody asked for them here.
        rows = rows.select_related("edition", "region__parent").defer(
            "region__geometry", "region__parent__geometry"
        )
        return self.in_box(rows).order_by("code")  # type: ignore[no-any-return]


@extend_schema_view(
    get=extend_schema(
        summary="街道与社区 (subdistricts and communities)",
        parameters=[EDITION, PLACE, BBOX],
        responses={200: serializers.RegionSerializer(many=True), **_REFUSED},
    )
)
class RegionListView(TerritoryView):
    """The regions of an edition."""

    queryset = Region.objects.none()
    serializer_class = serializers.RegionSerializer
    filterset_class = filters.RegionFilter
    query_parameters = _SCOPE | PAGE_PARAMETERS | {"bbox"} | filters.names_of(filters.RegionFilter)

    def get_queryset(self) -> QuerySet[Region]:
        rows = Region.objects.for_user(self.request.user).of(self.scope().edition)
        rows = rows.select_related("edition", "parent").defer("parent__geometry")
        return self.in_box(rows).order_by("code")  # type: ignore[no-any-return]


@extend_schema_view(
    get=extend_schema(
        summary="党群服务站点 (party service stations)",
        parameters=[PLACE, BBOX],
        responses={200: serializers.StationSerializer(many=True), **_REFUSED},
    )
)
class StationListView(TerritoryView):
    """The stations of a place."""

    queryset = Station.objects.none()
    serializer_class = serializers.StationSerializer
    filterset_class = filters.StationFilter
    query_parameters = PAGE_PARAMETERS | {"place", "bbox"} | filters.names_of(filters.StationFilter)

    def get_queryset(self) -> QuerySet[Station]:
        rows = Station.objects.for_user(self.request.user).filter(place=self.place())
        return self.in_box(rows).prefetch_related("services").order_by("code")  # type: ignore[no-any-return]


@extend_schema_view(
    get=extend_schema(
        summary="区划版本 (editions)",
        parameters=[PLACE],
        responses={200: serializers.EditionSerializer(many=True), **_REFUSED},
    )
)
class EditionListView(TerritoryView):
    """The editions of a place, the newest first; plans only for those who signed in."""

    queryset = Edition.objects.none()
    serializer_class = serializers.EditionSerializer
    pagination_class = CountedPagination
    filter_backends = ()
    query_parameters = PAGE_PARAMETERS | {"place"}

    def get_queryset(self) -> QuerySet[Edition]:
        counted = (
            Grid.objects.filter(edition=OuterRef("pk"))
            .order_by()
            .values("edition")
            .annotate(n=Count("pk"))
            .values("n")
        )
        rows = Edition.objects.for_user(self.request.user).filter(place=self.place())
        rows = rows.annotate(grid_count=Coalesce(Subquery(counted), 0))
        return rows.select_related("place").order_by("-in_force__startswith", "name")  # type: ignore[no-any-return]


@extend_schema_view(
    get=extend_schema(
        summary="网格沿革 (what became of the grids)",
        parameters=[PLACE, query("from", "旧版本，默认前一版 (default: the one before)")],
        responses={200: serializers.LineageSerializer(many=True), **_REFUSED},
    )
)
class LineageView(TerritoryView):
    """Old grid → new grid, from one edition to another."""

    queryset = Lineage.objects.none()
    serializer_class = serializers.LineageSerializer
    pagination_class = CountedPagination
    filter_backends = ()
    query_parameters = PAGE_PARAMETERS | {"place", "from"}

    def get_queryset(self) -> QuerySet[Lineage]:
        reader = ScopeReader(self.request.user)
        new = reader.require(self.asked("place"), self.kwargs["name"]).edition
        old = self._from(reader, new)
        rows = Lineage.objects.filter(old__edition=old, into=new)
        if not rows.exists():
            zh = f"尚无 {old.name} 到 {new.name} 的沿革。"
            en = f"No lineage from {old.name} to {new.name} has been worked out."
            raise refuse("from", "no_lineage", zh, en, status_code=404)
        wanted = [f"{side}__{column}" for side in ("old", "new") for column in ("code", "name")]
        shares = [field.name for field in Lineage._meta.fields if not field.is_relation]
        rows = rows.select_related("old", "new").only(
            *shares, "old_id", "new_id", "into_id", *wanted
        )
        return rows.order_by("old__code", "new__code")

    def _from(self, reader: ScopeReader, new: Edition) -> Edition:
        if self.asked("from"):
            return reader.require(self.asked("place"), self.asked("from")).edition
        old = edition_before(new)
        if old is None:
            zh, en = "没有更早的版本。", "There is no earlier edition."
            raise refuse("from", "unknown_edition", zh, en, status_code=404)
        return old
