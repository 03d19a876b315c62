"""What every page of the admin keeps to: scope, audit, no geometry in lists, words for refusals."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.forms import RangeWidget
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from gis.ledger.services import audit
from grids.admin.geometry import MEDIA, GeometryTextField, MapWidget
from grids.admin.messages import WRONG
from grids.models import Place

LISTS = ("_changelist", "autocomplete")


def said(span: Any) -> str:
    """A time span in the words of a person, in the site's time zone: from – until."""
    if span is None:
        return "–"
    ends = [
        timezone.localtime(end).strftime("%Y-%m-%d %H:%M") if end else ""
        for end in (span.lower, span.upper)
    ]
    return f"{ends[0] or '…'} – {ends[1] or '长期'}"


def range_widget() -> RangeWidget:
    """Two native pickers: from (included) and until (not included; empty is open)."""
    return RangeWidget(
        forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"
        )
    )


class DeskForm(forms.ModelForm[Any]):
    """Refuses with sentences what the database would refuse with names."""

    ground: str | None = None

    def place(self) -> Place | None:
        """The place that the row belongs to, as far as it is known."""
        cleaned = getattr(self, "cleaned_data", {})
        for source in (cleaned.get("place"), getattr(self.instance, "place", None)):
            if isinstance(source, Place):
                return source
        edition = cleaned.get("edition") or (
            self.instance.edition if getattr(self.instance, "edition_id", None) else None
        )
        return edition.place if edition else None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.ground and self.ground in self.cleaned_data:
            self._check_inside(self.cleaned_data[self.ground])
        return cleaned

    def _check_inside(self, geometry: GEOSGeometry | None) -> None:
        place = self.place()
        if geometry is None or place is None or self.ground is None:
            return
        if not place.envelope.covers(geometry.envelope):
            west, south, east, north = place.envelope.extent
            self.add_error(
                self.ground,
                f"超出地区“{place.name}”的范围（经度 {west:.5f}–{east:.5f}，"
                f"纬度 {south:.5f}–{north:.5f}），"
                "请检查坐标系。(Outside the envelope of the place: is it WGS-84?)",
            )

    def _post_clean(self) -> None:
        # The model's own answer names the constraint; a person needs the reason.
        self.instance.validate_constraints = self._reasons
        try:
            super()._post_clean()  # type: ignore[misc]
        finally:
            del self.instance.validate_constraints

    def _reasons(self, exclude: Any = None) -> None:
        """Raise the reason of every constraint that the row would break."""
        told: dict[str, list[str]] = {}
        for model, constraints in self.instance.get_constraints():
            for constraint in constraints:
                try:
                    constraint.validate(model, self.instance, exclude=exclude)
                except ValidationError as error:
                    field, reason = WRONG.get(constraint.name, (None, error.messages[0]))
                    place = field if field in self.fields else None
                    told.setdefault(place or NON_FIELD_ERRORS, []).append(reason)
        if told:
            raise ValidationError(told)


class DeskAdmin(admin.ModelAdmin[Any]):
    """Rows of the viewer's own place; every write leaves an audit event in its transaction."""

    form = DeskForm
    ground: str | None = None  # the geometry field, if there is one
    deferred: Sequence[str] = ()  # what a list must not load
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        rows = rows.for_user(request.user) if hasattr(rows, "for_user") else rows
        match = request.resolver_match
        if match and (match.url_name or "").endswith(LISTS):
            rows = rows.defer(*self.deferred)
        return rows

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # Deleting many at once passes over the question whether each may be deleted.
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def neighbours(self, obj: Any) -> str:
        """The address of the TileJSON that is drawn around the geometry of `obj`, or nothing."""
        return ""

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: Any, **kwargs: Any
    ) -> Any:
        # A form offers what the viewer could open, and no row of another place.
        target = self.admin_site._registry.get(db_field.remote_field.model)
        if isinstance(target, DeskAdmin) and "queryset" not in kwargs:
            kwargs["queryset"] = target.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: Any, **kwargs: Any) -> Any:
        if isinstance(db_field, GeometryField):
            return db_field.formfield(form_class=GeometryTextField)  # type: ignore[arg-type]
        if isinstance(db_field, DateTimeRangeField):
            return db_field.formfield(widget=range_widget(), help_text=RANGE_HELP)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Any]]:
        form = super().get_form(request, obj, change=change, **kwargs)
        field = form.base_fields.get(self.ground) if self.ground else None
        if field is not None and isinstance(field.widget, MapWidget):
            form.ground = self.ground  # type: ignore[attr-defined]
            field.widget.place = self.place_of(obj)
            field.widget.neighbours = self.neighbours(obj)
        return form

    def place_of(self, obj: Any) -> Place | None:
        """The place of `obj`; the only one, when a new row has none yet."""
        if isinstance(obj, Place):
            return obj
        if obj is not None:
            place: Place = obj.place if hasattr(obj, "place") else obj.edition.place
            return place
        places = list(Place.objects.all()[:2])
        return places[0] if len(places) == 1 else None

    @property
    def media(self) -> forms.Media:
        return super().media + MEDIA if self.ground else super().media

    # --- every write is written down --------------------------------------------------------
    def record(self, request: HttpRequest, obj: Model, verb: str, fields: Sequence[str]) -> None:
        """One event on the chain of the row. It holds names of fields, never what is in them."""
        name = obj._meta.model_name
        audit.record(
            chain=f"{name}:{obj.pk}",
            action=f"{name}.{verb}",
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
            data={"fields": list(fields)},
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        fields = [*form.changed_data, *(f.prefix for f in formsets if f.has_changed())]
        if fields or not change:
            self.record(request, form.instance, "changed" if change else "added", fields)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.record(request, obj, "deleted", [])
        super().delete_model(request, obj)

    # --- what the database refuses is said, not thrown --------------------------------------
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            return self._refused(request, error)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except IntegrityError as error:
            return self._refused(request, error)

    def _refused(self, request: HttpRequest, error: IntegrityError) -> HttpResponse:
        cause = getattr(error.__cause__, "diag", None)
        name = getattr(cause, "constraint_name", None) or "?"
        sentence = WRONG.get(name, (None, getattr(cause, "message_primary", None) or str(error)))[1]
        messages.error(request, f"数据库拒绝了这次修改，未保存任何内容：{sentence} [{name}]")
        return HttpResponseRedirect(request.path)


RANGE_HELP = (
    "起（含）与止（不含）；止空为长期。(From, included; until, not included; empty is open.)"
)
