"""People who sign in: rights in the admin are Django's, all else follows from posts."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as AuthUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm, UsernameField
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from grids.admin.base import DeskAdmin, said
from grids.admin.filters import PlaceFilter
from grids.admin.people import of_own_place
from grids.models import Post, User

# What would let an administrator make themselves, or anybody, more than they are.
RIGHTS = ["is_superuser", "groups", "user_permissions", "place"]


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("username",)
        field_classes: ClassVar = {"username": UsernameField}


class UserForm(UserChangeForm[User]):
    class Meta:
        model = User
        fields = "__all__"
        field_classes: ClassVar = {"username": UsernameField}


POST_FIELDS = ("role", "kind", "grid", "region", "unit", "time", "note")


class PostInline(admin.TabularInline[Post, User]):
    """The posts of a person, to be read; they are changed under Posts."""

    model = Post
    fields = POST_FIELDS
    readonly_fields = POST_FIELDS
    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        rows = super().get_queryset(request).select_related("grid", "region", "unit")
        return rows.defer("grid__geometry", "grid__label", "region__geometry")

    @admin.display(description="起止")
    def time(self, post: Post) -> str:
        return said(post.during)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(DeskAdmin, AuthUserAdmin[User]):
    form = UserForm  # type: ignore[assignment]
    add_form = NewUserForm
    deferred = ("place__envelope",)
    list_display = ["username", "full_name", "place", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser", "posts__role", PlaceFilter]
    list_select_related = ["place"]
    search_fields = ["username", "full_name"]
    inlines = [PostInline]
    fieldsets: ClassVar = [
        (None, {"fields": ["username", "password", "full_name", "place"]}),
        (
            "权限 · Rights",
            {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]},
        ),
        ("时间 · Times", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "usable_password", "password1", "password2"],
            },
        )
    ]
    readonly_fields = ["last_login", "date_joined"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return of_own_place(request, super().get_queryset(request), "place")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else [*fields, *RIGHTS]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and self._may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    @staticmethod
    def _may_touch(request: HttpRequest, obj: Model | None) -> bool:
        return request.user.is_superuser or not getattr(obj, "is_superuser", False)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # An administrator of one place makes people of that place.
        if not change and not request.user.is_superuser:
            obj.place_id = getattr(request.user, "place_id", None)
        super().save_model(request, obj, form, change)

    @transaction.atomic
    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        answer: HttpResponse = super().user_change_password(request, id, form_url)
        if request.method == "POST" and answer.status_code == 302:
            self.record(request, User.objects.get(pk=id), "password-changed", ["password"])
        return answer
