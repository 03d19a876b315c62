"""`/api/v1/channels`: the ways by which reports come, and whether positions look displaced."""

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.query import check_query
from grids.api.schemas import ProblemsSerializer
from grids.choices import Role
from grids.models import User
from grids.selectors import roles_of
from incidents.api.schemas import ChannelSerializer
from incidents.selectors import ChannelLooks, channels_for
from incidents.words import why_displaced


class ForTheCentre(BasePermission):
    """Administrators and the governance centre."""

    def has_permission(self, request: Request, _view: APIView) -> bool:
        if not isinstance(request.user, User):
            return False
        return not {Role.ADMIN, Role.CENTRE}.isdisjoint(roles_of(request.user, timezone.now()))


class ChannelListView(APIView):
    """Every channel with what its latest positions look like; nothing is corrected by itself."""

    permission_classes = (ForTheCentre,)

    @extend_schema(
        operation_id="channels",
        summary="渠道与坐标核对 (channels, and whether their positions look displaced)",
        responses={
            200: ChannelSerializer(many=True),
            401: ProblemsSerializer,
            403: ProblemsSerializer,
        },
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset())
        return Response([_told(one) for one in channels_for(request.user)])


def _told(one: ChannelLooks) -> dict[str, Any]:
    found, channel = one.looks, one.channel
    return {
        "code": channel.code,
        "name": channel.name_in(get_language()),
        "datum": channel.datum,
        "looks_like": found.like.value if found and found.is_displaced else None,
        "share": round(found.share, 3) if found and found.telling else None,
        "checked": one.checked,
        "reason": why_displaced(found) if found and found.is_displaced else None,
    }
