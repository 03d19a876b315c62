from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from grids.choices import PostKind, Role, UnitKind
from grids.models.territory import TERRITORY_CODE
from grids.querysets import PostQuerySet


class Unit(models.Model):
    """Who handles: the governance centre, a department, a subdistrict or community office.

    An office serves the region of the same `region_code`, in whatever edition.
    """

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="units", verbose_name=_("地区")
    )
    code = models.CharField(_("代码"), max_length=32, validators=[TERRITORY_CODE])
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=20, choices=UnitKind.choices)
    region_code = models.CharField(_("辖区代码"), max_length=32, blank=True)
    is_default = models.BooleanField(_("默认承办"), default=False)

    class Meta:
        verbose_name = _("责任单位")
        verbose_name_plural = _("责任单位")
        ordering = ["place", "code"]
        constraints = [
            models.UniqueConstraint(fields=["place", "code"], name="unit_code_once"),
            models.UniqueConstraint(
                fields=["place"], condition=models.Q(is_default=True), name="unit_one_default"
            ),
            models.UniqueConstraint(
                fields=["place", "kind", "region_code"],
                condition=~models.Q(region_code=""),
                name="unit_one_office_per_region",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=UnitKind.values), name="unit_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who signs in. What they may do follows from the posts they hold."""

    place = models.ForeignKey(
        "grids.Place",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("地区"),
    )
    full_name = models.CharField(_("姓名"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.full_name or self.username


class Post(models.Model):
    """Who answers, in which role, for what, during which time.

    A post is on exactly one of grid, region, unit. A grid has one principal per role at a time, and
    any number of deputies, part-timers and covers. A vacant grid has no principal row.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name=_("人员"))
    role = models.CharField(_("角色"), max_length=12, choices=Role.choices)
    kind = models.CharField(
        _("岗位类别"), max_length=10, choices=PostKind.choices, default=PostKind.PRINCIPAL
    )
    grid = models.ForeignKey(
        "grids.Grid",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("网格"),
    )
    region = models.ForeignKey(
        "grids.Region",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("街道或社区"),
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("责任单位"),
    )
    during = DateTimeRangeField(_("任期"))
    note = models.CharField(_("备注"), max_length=200, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("岗位")
        verbose_name_plural = _("岗位")
        ordering = ["role", "kind", "user"]
        constraints = [
            ExclusionConstraint(
                name="post_one_principal_per_grid",
                expressions=[
                    ("grid", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(kind=PostKind.PRINCIPAL, grid__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(grid__isnull=False, region__isnull=True, unit__isnull=True)
                | models.Q(grid__isnull=True, region__isnull=False, unit__isnull=True)
                | models.Q(grid__isnull=True, region__isnull=True, unit__isnull=False),
                name="post_on_exactly_one",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(role__in=[Role.WORKER, Role.GRID_HEAD], grid__isnull=False)
                    | models.Q(role__in=[Role.SUBDISTRICT, Role.COMMUNITY], region__isnull=False)
                    | models.Q(
                        role__in=[
                            Role.ADMIN,
                            Role.CENTRE,
                            Role.HANDLER,
                            Role.PLANNER,
                            Role.LEADER,
                        ],
                        unit__isnull=False,
                    )
                ),
                name="post_role_fits_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=PostKind.values), name="post_kind_known"
            ),
            models.CheckConstraint(condition=models.Q(during__isempty=False), name="post_has_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.get_kind_display()}"


class Leave(models.Model):
    """A time when a person does not answer; their covers and deputies do."""

    user = models.ForeignKey(User, models.CASCADE, related_name="leaves", verbose_name=_("人员"))
    during = DateTimeRangeField(_("请假期间"))
    reason = models.CharField(_("事由"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("请假")
        verbose_name_plural = _("请假")
        ordering = ["user"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(during__isempty=False), name="leave_has_time"
            ),
            ExclusionConstraint(
                name="leave_once_at_a_time",
                expressions=[("user", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.during}"
