"""Signing in and out, and the language of the pages."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from grids.choices import Role
from grids.models import Post, User
from grids.selectors import roles_of

DEMO_LOGINS = (
    "centre",
    "subdistrict",
    "community",
    "handler",
    "worker",
    "planner",
    "leader",
    "admin",
)


class SignIn(LoginView):
    """The sign-in page; in a demo it lists the accounts that one may try."""

    template_name = "gis/login.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """A grid worker goes to the phone's page; everybody else to the map."""
        if roles_of(cast(User, self.request.user), timezone.now()) == [Role.WORKER]:
            return reverse("patrol")
        return super().get_default_redirect_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs, demo_logins=_demo_logins() if settings.DEMO else []
        )


class SignOut(LogoutView):
    """POST only, so that no link or image can sign anybody out."""


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Remember the language in a cookie and go back to where one came from."""
    return set_language(request)


def _demo_logins() -> list[dict[str, str]]:
    """The demo accounts that exist, each with the role of its first post."""
    users = {user.username: user for user in User.objects.filter(username__in=DEMO_LOGINS)}
    roles: dict[int, str] = {}
    for post in Post.objects.filter(user__in=users.values()):
        roles.setdefault(post.user_id, str(post.get_role_display()))
    return [
        {"username": name, "role": roles.get(users[name].pk, "")}
        for name in DEMO_LOGINS
        if name in users
    ]
