"""The assessment in the administration: versions are added, scores and decisions are read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis.kernel.errors import InvalidInput
from gis.ledger.admin import LedgerAdmin
from incidents.assessment.scheme import add_version
from incidents.models import Appeal, CaseScore, Notice, Scheme
from incidents.selectors import cases_for


class VersionForm(forms.ModelForm[Scheme]):
    """A new version: from a day on, which is not past."""

    first_day = forms.DateField(
        label=_("生效日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    class Meta:
        model = Scheme
        fields = ["place", "name", "first_day", "weights", "thresholds", "minimum"]

    def _post_clean(self) -> None:
        """The service checks and writes: the row itself is not this form's."""

    def save(self, commit: bool = True) -> Scheme:
        return self.instance

    def save_m2m(self) -> None:
        """There is nothing of the kind."""


@admin.register(Scheme)
class SchemeAdmin(LedgerAdmin):
    list_display = ["name", "place", "valid", "minimum"]
    list_select_related = ["place"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_staff and request.user.has_perm("incidents.add_scheme"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(place=request.user.place_id)  # type: ignore[union-attr]

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        user = request.user

        class Form(VersionForm):
            def clean(self) -> dict[str, Any]:
                given = super().clean() or {}
                if not self.errors:
                    try:
                        self.instance = add_version(**given, by=user, now=timezone.now())
                    except InvalidInput as error:
                        raise ValidationError(str(error)) from error
                return given

        if not user.is_superuser:
            Form.base_fields["place"].queryset = Form.base_fields["place"].queryset.filter(  # type: ignore[attr-defined]
                pk=user.place_id
            )
        return Form

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """It is written: `add_version` has done it, with its audit event."""


class _OfCases(LedgerAdmin):
    case_path = "incident"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible = cases_for(request.user)
        return super().get_queryset(request).filter(**{f"{self.case_path}__in": visible})


@admin.register(CaseScore)
class CaseScoreAdmin(_OfCases):
    list_display = ["incident", "closing", "score", "unit", "counts", "scored_at"]
    list_select_related = ["incident", "unit"]
    search_fields = ["=incident__number"]
    ordering = ["-id"]


@admin.register(Appeal)
class AppealAdmin(_OfCases):
    case_path = "score__incident"
    list_display = ["score", "unit", "outcome", "asked_at", "decided_at"]
    list_select_related = ["score", "unit"]


@admin.register(Notice)
class NoticeAdmin(LedgerAdmin):
    list_display = ["unit", "state", "issued_at", "reply_due_at", "replied_at"]
    list_select_related = ["unit"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible = Notice.objects.for_user(request.user)
        return super().get_queryset(request).filter(pk__in=visible.values("pk"))
