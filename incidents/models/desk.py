from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A question about cases that somebody keeps under a name; `query` is as in the address."""

    user = models.ForeignKey(
        "grids.User", models.CASCADE, related_name="saved_filters", verbose_name=_("用户")
    )
    name = models.CharField(_("名称"), max_length=40)
    query = models.JSONField(_("条件"), default=dict)

    class Meta:
        verbose_name = _("常用筛选")
        verbose_name_plural = _("常用筛选")
        ordering = ["user", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_filter_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class DutyShift(models.Model):
    """Somebody is on duty for a unit during a time."""

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="+", verbose_name=_("地区")
    )
    unit = models.ForeignKey(
        "grids.Unit", models.PROTECT, related_name="duty_shifts", verbose_name=_("责任单位")
    )
    user = models.ForeignKey(
        "grids.User", models.PROTECT, related_name="duty_shifts", verbose_name=_("值班人")
    )
    during = DateTimeRangeField(_("值班时间"))

    class Meta:
        verbose_name = _("值班")
        verbose_name_plural = _("值班")
        ordering = ["unit", "during"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(during__isempty=False), name="duty_shift_has_time"
            ),
            ExclusionConstraint(
                name="duty_shift_once_at_a_time",
                expressions=[("user", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.user_id} {self.during}"


class Handover(models.Model):
    """One hands the desk over to another: the open figures of that moment, and words.

    It holds once the one who takes over has signed it (`signed_at`).
    """

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="+", verbose_name=_("地区")
    )
    unit = models.ForeignKey(
        "grids.Unit", models.PROTECT, related_name="handovers", verbose_name=_("责任单位")
    )
    from_user = models.ForeignKey(
        "grids.User", models.PROTECT, related_name="+", verbose_name=_("交班人")
    )
    to_user = models.ForeignKey(
        "grids.User", models.PROTECT, related_name="+", verbose_name=_("接班人")
    )
    at = models.DateTimeField(_("交班时间"))
    text = models.CharField(_("交班事项"), max_length=2000, blank=True)
    figures = models.JSONField(_("当时数字"), default=dict)
    signed_at = models.DateTimeField(_("签收时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("交接班")
        verbose_name_plural = _("交接班")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["unit", "-at"], name="handover_by_unit")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(from_user=models.F("to_user")), name="handover_to_another"
            ),
            models.UniqueConstraint(
                fields=["unit", "from_user"],
                condition=models.Q(signed_at__isnull=True),
                name="handover_waiting_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.at:%Y-%m-%d %H:%M}"
