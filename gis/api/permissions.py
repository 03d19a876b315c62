"""Who may read."""

from django.conf import settings
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class PublicRead(BasePermission):
    """Anybody where the installation makes territory public (the demo does), else who is signed in.

    For routes that only read, whatever their method: a list of points to locate is POSTed.
    """

    def has_permission(self, request: Request, _view: APIView) -> bool:
        return bool(settings.PUBLIC_READS or request.user.is_authenticated)
