from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from grids.choices import EditionState, LineageRelation
from grids.querysets import EditionQuerySet

LIVED = [EditionState.IN_FORCE, EditionState.SUPERSEDED]


class Edition(models.Model):
    """One complete division of a place, and the time it is in force.

    Superseded, never edited: the territory of an edition that has been published does not change.
    """

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="editions", verbose_name=_("地区")
    )
    name = models.CharField(_("版本"), max_length=40)
    state = models.CharField(
        _("状态"), max_length=12, choices=EditionState.choices, default=EditionState.DRAFT
    )
    in_force = DateTimeRangeField(_("生效期"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=300, blank=True)
    digest = models.CharField(_("内容摘要"), max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("发布人"),
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("区划版本")
        verbose_name_plural = _("区划版本")
        ordering = ["place", "name"]
        constraints = [
            models.UniqueConstraint(fields=["place", "name"], name="edition_name_once"),
            models.UniqueConstraint(
                fields=["place"],
                condition=models.Q(state=EditionState.IN_FORCE),
                name="edition_one_in_force",
            ),
            ExclusionConstraint(
                name="edition_no_overlap_in_time",
                expressions=[
                    ("place", RangeOperators.EQUAL),
                    ("in_force", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(state__in=LIVED),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[EditionState.DRAFT, EditionState.CANCELLED])
                | models.Q(in_force__isnull=False, in_force__startswith__isnull=False),
                name="edition_published_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=EditionState.values), name="edition_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Lineage(models.Model):
    """What became of a grid: the share of the old one that went to the new one, and the reverse.

    `into` is the edition that was looked at; it alone says so for a grid that was retired, whose
    `new` is empty because no grid of that edition holds its ground. Shares are 0–1 of area (metric
    SRID of the place), of people and of cases.
    """

    old = models.ForeignKey(
        "grids.Grid", models.CASCADE, related_name="successors", verbose_name=_("原网格")
    )
    new = models.ForeignKey(
        "grids.Grid",
        models.CASCADE,
        related_name="predecessors",
        null=True,
        blank=True,
        verbose_name=_("新网格"),
    )
    into = models.ForeignKey(Edition, models.CASCADE, related_name="+", verbose_name=_("新版本"))
    relation = models.CharField(_("关系"), max_length=8, choices=LineageRelation.choices)
    area_share_of_old = models.FloatField(_("占原网格面积"))
    area_share_of_new = models.FloatField(_("占新网格面积"), null=True)
    people_share_of_old = models.FloatField(_("占原网格人口"), null=True)
    people_share_of_new = models.FloatField(_("占新网格人口"), null=True)
    cases_share_of_old = models.FloatField(_("占原网格案件"), null=True)
    cases_share_of_new = models.FloatField(_("占新网格案件"), null=True)

    class Meta:
        verbose_name = _("网格沿革")
        verbose_name_plural = _("网格沿革")
        ordering = ["old__code", "new__code"]
        constraints = [
            models.UniqueConstraint(fields=["old", "new"], name="lineage_once"),
            models.UniqueConstraint(
                fields=["old", "into"],
                condition=models.Q(new__isnull=True),
                name="lineage_retired_once",
            ),
            models.CheckConstraint(
                condition=models.Q(area_share_of_old__gte=0, area_share_of_old__lte=1.000001),
                name="lineage_share_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(relation__in=LineageRelation.values),
                name="lineage_relation_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id} {self.relation}"
