"""What the menus of all pages lead to, by the posts that somebody holds now."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from grids.choices import Role
from grids.models import Post

__all__ = ["Menu", "menu"]

_ANSWERING = {Role.CENTRE, Role.SUBDISTRICT, Role.COMMUNITY, Role.GRID_HEAD}


class Menu:
    """Asked for when a template asks: a page without a menu costs no query."""

    def __init__(self, user: Any) -> None:
        self._user = user

    @cached_property
    def _roles(self) -> set[str]:
        if not getattr(self._user, "is_authenticated", False):
            return set()
        held = Post.objects.held_by(self._user).at(timezone.now())
        return set(held.order_by().values_list("role", flat=True).distinct())

    @property
    def answers(self) -> bool:
        """Whether the viewer answers for ground where workers are on duty."""
        return bool(self._roles & _ANSWERING)

    @property
    def walks(self) -> bool:
        """Whether the viewer is a grid worker."""
        return Role.WORKER in self._roles


def menu(request: HttpRequest) -> dict[str, Menu]:
    """The context processor."""
    return {"menu": Menu(getattr(request, "user", None))}
