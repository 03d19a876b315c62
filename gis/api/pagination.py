"""Pages that say how many there are: `count`, `next`, `previous`, and the rows."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from gis.api.problems import refuse
from gis.api.query import whole_number

PAGE_PARAMETERS = frozenset({"page", "page_size"})
HIGHEST_PAGE = 1_000_000


class CountedPagination(BasePagination):
    """Numbered pages over an ordered queryset: two queries, one of them the count. Or over a list.

    A page that does not exist is 404, a size out of 1–2,000 is 400: a clamped size would make a
    client believe that it has everything.
    """

    page_size = 100
    max_page_size = 2000
    rows_key = "results"

    def paginate_queryset(
        self,
        queryset: QuerySet[Any] | list[Any],
        request: Request,
        view: APIView | None = None,  # noqa: ARG002
    ) -> list[Any]:
        """The rows of the page asked for. Raises `Refused`."""
        asked = request.query_params
        self.size = self.page_size
        if "page_size" in asked:
            self.size = whole_number(
                asked["page_size"], "page_size", at_least=1, at_most=self.max_page_size
            )
        self.number = 1
        if "page" in asked:
            self.number = whole_number(asked["page"], "page", at_least=1, at_most=HIGHEST_PAGE)
        self.count = len(queryset) if isinstance(queryset, list) else queryset.count()
        first = (self.number - 1) * self.size
        if self.number > 1 and first >= self.count:
            zh, en = "没有这一页。", "There is no such page."
            raise refuse("page", "no_such_page", zh, en, status_code=404)
        self.url = request.build_absolute_uri()
        return list(queryset[first : first + self.size])

    def get_paginated_response(self, data: Any) -> Response:
        return Response({**self._head(), self.rows_key: data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["count", "next", "previous", self.rows_key],
            "properties": {**_HEAD_SCHEMA, self.rows_key: schema},
        }

    def get_schema_operation_parameters(self, _view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": description,
                "schema": {"type": "integer", "minimum": 1, "maximum": most},
            }
            for name, description, most in (
                ("page", "第几页 (which page)", HIGHEST_PAGE),
                ("page_size", "每页行数 (rows on a page)", self.max_page_size),
            )
        ]

    def _head(self) -> dict[str, Any]:
        last = self.number * self.size >= self.count
        return {
            "count": self.count,
            "next": None if last else replace_query_param(self.url, "page", self.number + 1),
            "previous": self._previous(),
        }

    def _previous(self) -> str | None:
        if self.number == 1:
            return None
        if self.number == 2:
            return remove_query_param(self.url, "page")
        return replace_query_param(self.url, "page", self.number - 1)


class FeaturePagination(CountedPagination):
    """The same, as a GeoJSON FeatureCollection (RFC 7946 allows the foreign members)."""

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"type": data["type"], **self._head(), "features": data["features"]})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        head = {"type": "object", "required": ["count", "next", "previous"]}
        return {"allOf": [schema, {**head, "properties": _HEAD_SCHEMA}]}


_LINK = {"type": "string", "format": "uri", "nullable": True}
_HEAD_SCHEMA: dict[str, Any] = {"count": {"type": "integer"}, "next": _LINK, "previous": _LINK}
