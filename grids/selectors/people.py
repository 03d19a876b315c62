"""What a person holds."""

from datetime import datetime

from grids.choices import Role
from grids.models import Grid, Post, User


def roles_of(user: User, at: datetime) -> list[str]:
    """The roles of the posts held at `at`, sorted; a superuser is an administrator."""
    held = set(Post.objects.held_by(user).at(at).values_list("role", flat=True))
    return sorted(held | {Role.ADMIN.value} if user.is_superuser else held)


def grids_of(user: User, at: datetime) -> list[Grid]:
    """The grids on which `user` holds a post at `at`, by code, without their outlines."""
    held = Post.objects.held_by(user).at(at).filter(grid__isnull=False).values("grid")
    return list(Grid.objects.filter(pk__in=held).defer("geometry").order_by("code", "edition"))
