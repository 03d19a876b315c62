from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gis.db.fields import PositionField


class DuplicateRule(models.Model):
    """When a case may be a duplicate of another: for a category, else (blank code) for all.

    `days_open` counts between the two receipts while the earlier case is open, `days_closed` when
    it is not. The weights share the score between distance, time and words; below `least_text` or
    `least_score` nothing is proposed.
    """

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="duplicate_rules", verbose_name=_("地区")
    )
    category_code = models.CharField(_("类别代码"), max_length=16, blank=True)
    distance_m = models.FloatField(_("距离（米）"), default=50.0)
    days_open = models.FloatField(_("在办天数"), default=30.0)
    days_closed = models.FloatField(_("已结天数"), default=7.0)
    least_text = models.FloatField(_("最低文字相似度"), default=0.0)
    least_score = models.FloatField(_("最低得分"), default=0.1)
    weight_distance = models.FloatField(_("距离权重"), default=0.45)
    weight_time = models.FloatField(_("时间权重"), default=0.2)
    weight_text = models.FloatField(_("文字权重"), default=0.35)

    class Meta:
        verbose_name = _("重复判定")
        verbose_name_plural = _("重复判定")
        ordering = ["place", "category_code"]
        constraints = [
            models.UniqueConstraint(fields=["place", "category_code"], name="duplicate_rule_once"),
            models.CheckConstraint(
                condition=Q(distance_m__gte=0, distance_m__lte=1000),
                name="duplicate_rule_distance",
            ),
            models.CheckConstraint(
                condition=Q(days_open__gte=0, days_open__lte=366)
                & Q(days_closed__gte=0, days_closed__lte=366),
                name="duplicate_rule_days",
            ),
            models.CheckConstraint(
                condition=Q(least_text__range=(0, 1), least_score__range=(0, 1)),
                name="duplicate_rule_least",
            ),
            models.CheckConstraint(
                condition=Q(weight_distance__gte=0, weight_time__gte=0, weight_text__gte=0)
                & ~Q(weight_time=0, weight_text=0),
                name="duplicate_rule_weights",
            ),
        ]

    def __str__(self) -> str:
        return self.category_code or "*"


class NotDuplicate(models.Model):
    """Somebody looked at two cases and said that they are not the same matter."""

    one = models.ForeignKey(
        "incidents.Incident", models.CASCADE, related_name="+", verbose_name=_("案件")
    )
    other = models.ForeignKey(
        "incidents.Incident", models.CASCADE, related_name="+", verbose_name=_("另一案件")
    )
    by = models.ForeignKey("grids.User", models.PROTECT, related_name="+", verbose_name=_("判定人"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("不是同一件")
        verbose_name_plural = _("不是同一件")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="not_duplicate_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="not_duplicate_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ≠ {self.other_id}"


class DefaultSpot(models.Model):
    """A position that so many cases share exactly that it says nothing of where they happened.

    Derived from the cases and counted again every hour.
    """

    place = models.ForeignKey(
        "grids.Place", models.CASCADE, related_name="default_spots", verbose_name=_("地区")
    )
    position = PositionField(_("位置"))
    cases = models.PositiveIntegerField(_("案件数"))
    share = models.FloatField(_("占比"))

    class Meta:
        verbose_name = _("默认位置")
        verbose_name_plural = _("默认位置")
        ordering = ["place", "-cases"]

    def __str__(self) -> str:
        return f"{self.position.x:.6f}, {self.position.y:.6f} × {self.cases}"
