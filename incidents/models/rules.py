from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis.db.fields import AreaField, sound
from incidents.choices import DayKind, Kind, LimitUnit, Step


class Responsibility(models.Model):
    """A row of the responsibility list (权责清单): who leads and supports a category, by when.

    Versioned: a row is valid for a time and is ended, not edited. `ruling` names what it rests on;
    `settled_by` the case for which the establishment office ruled it.
    """

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="responsibilities", verbose_name=_("地区")
    )
    category_code = models.CharField(_("类别代码"), max_length=16)
    lead = models.ForeignKey(
        "grids.Unit", models.PROTECT, related_name="+", verbose_name=_("主责单位")
    )
    supporting = models.ManyToManyField(
        "grids.Unit", related_name="+", blank=True, verbose_name=_("配合单位")
    )
    amount = models.FloatField(_("处置时限"))
    amount_unit = models.CharField(_("单位"), max_length=16, choices=LimitUnit.choices)
    valid = DateRangeField(_("有效期"))
    ruling = models.CharField(_("依据"), max_length=200, blank=True)
    settled_by = models.ForeignKey(
        "incidents.Incident",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("裁定案件"),
    )

    class Meta:
        verbose_name = _("权责清单")
        verbose_name_plural = _("权责清单")
        ordering = ["place", "category_code", "valid"]
        constraints = [
            ExclusionConstraint(
                name="responsibility_once_at_a_time",
                expressions=[
                    ("place", RangeOperators.EQUAL),
                    ("category_code", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="responsibility_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category_code} → {self.lead_id}"


class Limit(models.Model):
    """The time limit of a step: for a category, else for a kind, else for all."""

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="limits", verbose_name=_("地区")
    )
    step = models.CharField(_("环节"), max_length=12, choices=Step.choices)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices, blank=True)
    category_code = models.CharField(_("类别代码"), max_length=16, blank=True)
    amount = models.FloatField(_("时限"))
    amount_unit = models.CharField(_("单位"), max_length=16, choices=LimitUnit.choices)

    class Meta:
        verbose_name = _("环节时限")
        verbose_name_plural = _("环节时限")
        ordering = ["place", "step", "kind", "category_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "step", "kind", "category_code"], name="limit_once"
            ),
            models.CheckConstraint(
                condition=models.Q(step__in=Step.values), name="limit_step_known"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="limit_has_time"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.category_code or self.kind}"


class Holiday(models.Model):
    """A day that is not what its weekday says: a public holiday, or a make-up working day."""

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="holidays", verbose_name=_("地区")
    )
    day = models.DateField(_("日期"))
    kind = models.CharField(_("性质"), max_length=8, choices=DayKind.choices)
    name = models.CharField(_("名称"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("节假日")
        verbose_name_plural = _("节假日")
        ordering = ["place", "day"]
        constraints = [
            models.UniqueConstraint(fields=["place", "day"], name="holiday_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=DayKind.values), name="holiday_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Rule(models.Model):
    """A routing rule: cases of this kind or category, in this area, at these hours, go to `unit`.

    Blank conditions hold for all. The lowest `order` that holds wins. Times are local; a span over
    midnight may end before it begins. With `is_automatic` the case is dispatched when it is filed.
    """

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="rules", verbose_name=_("地区")
    )
    name = models.CharField(_("名称"), max_length=80)
    order = models.PositiveSmallIntegerField(_("次序"), default=100)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices, blank=True)
    category_codes = ArrayField(
        models.CharField(max_length=16), verbose_name=_("类别代码"), default=list, blank=True
    )
    area = AreaField(_("范围"), null=True, blank=True)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("星期"), default=list, blank=True
    )
    time_from = models.TimeField(_("时间起"), null=True, blank=True)
    time_until = models.TimeField(_("时间止"), null=True, blank=True)
    unit = models.ForeignKey(
        "grids.Unit", models.PROTECT, related_name="+", verbose_name=_("派往单位")
    )
    is_automatic = models.BooleanField(_("自动派遣"), default=False)
    is_on = models.BooleanField(_("启用"), default=False)
    tried_at = models.DateTimeField(_("试算时间"), null=True, blank=True, editable=False)
    tried_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("分派规则")
        verbose_name_plural = _("分派规则")
        ordering = ["place", "order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(time_from__isnull=True, time_until__isnull=True)
                | models.Q(time_from__isnull=False, time_until__isnull=False),
                name="rule_time_is_whole",
            ),
            sound("area", table="rule"),
        ]

    def __str__(self) -> str:
        return self.name
