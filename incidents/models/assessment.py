from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incidents.choices import Kind


class AppealOutcome(models.TextChoices):
    """What became of an appeal."""

    PENDING = "pending", _("待裁定")
    UPHELD = "upheld", _("申诉成立")
    REJECTED = "rejected", _("维持原分")


class NoticeState(models.TextChoices):
    """Where a notice of accountability stands."""

    ISSUED = "issued", _("已下达")
    REPLIED = "replied", _("已回复")
    CORRECTED = "corrected", _("已整改")
    CLOSED = "closed", _("已销号")
    WITHDRAWN = "withdrawn", _("已撤回")


class Scheme(models.Model):
    """A version of how cases are assessed (一事一考): added to, never edited.

    `weights` holds the points of each line, `thresholds` from where a notice is proposed, `minimum`
    how many scored cases a rank takes. Which version counts is told by the day a case was closed.
    """

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="schemes", verbose_name=_("地区")
    )
    name = models.CharField(_("名称"), max_length=80)
    valid = DateRangeField(_("有效期"))
    weights = models.JSONField(_("分值"))
    thresholds = models.JSONField(_("阈值"))
    minimum = models.PositiveSmallIntegerField(_("参排最少件数"), default=10)

    class Meta:
        verbose_name = _("考评办法")
        verbose_name_plural = _("考评办法")
        ordering = ["place", "-valid"]
        constraints = [
            ExclusionConstraint(
                name="scheme_once_at_a_time",
                expressions=[
                    ("place", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(minimum__gte=2), name="scheme_minimum_is_two"),
        ]

    def __str__(self) -> str:
        return self.name


class CaseScore(models.Model):
    """What one closing of a case is worth, line by line; never edited.

    `sequence` is the event of the case's chain that it was scored after. A later score of the same
    closing supersedes it: more was heard of the satisfaction, or an appeal corrected it. `counts`:
    of all its scores this is the one that figures take, as long as the case is closed.
    """

    incident = models.ForeignKey(
        "incidents.Incident", models.CASCADE, related_name="scores", verbose_name=_("案件")
    )
    closing = models.PositiveSmallIntegerField(_("第几次结案"))
    sequence = models.PositiveIntegerField(_("序号"))
    scheme = models.ForeignKey(
        Scheme, models.PROTECT, related_name="scores", verbose_name=_("考评办法")
    )
    unit = models.ForeignKey(
        "grids.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("主责单位")
    )
    grid = models.ForeignKey(
        "grids.Grid", models.PROTECT, null=True, related_name="+", verbose_name=_("网格")
    )
    community = models.CharField(_("社区代码"), max_length=32, blank=True)
    subdistrict = models.CharField(_("街道代码"), max_length=32, blank=True)
    person = models.ForeignKey(
        "grids.User", models.PROTECT, null=True, related_name="+", verbose_name=_("处置人")
    )
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    closed_at = models.DateTimeField(_("结案时间"))
    responsiveness = models.DecimalField(_("响应度"), max_digits=5, decimal_places=2)
    closure = models.DecimalField(_("办结"), max_digits=5, decimal_places=2)
    satisfaction = models.DecimalField(_("满意度"), max_digits=5, decimal_places=2)
    score = models.DecimalField(_("得分"), max_digits=5, decimal_places=2)
    lines = models.JSONField(_("得分明细"))
    scored_at = models.DateTimeField(_("评分时间"))
    superseded_by = models.ForeignKey(
        "self", models.RESTRICT, null=True, related_name="supersedes", verbose_name=_("被取代于")
    )
    appeal = models.OneToOneField(
        "incidents.Appeal",
        models.PROTECT,
        null=True,
        related_name="correction",
        verbose_name=_("更正依据"),
    )
    counts = models.BooleanField(_("计入"), default=False)

    class Meta:
        verbose_name = _("案件得分")
        verbose_name_plural = _("案件得分")
        ordering = ["incident", "closing", "scored_at", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "sequence"],
                condition=Q(appeal__isnull=True),
                name="score_once_per_event",
            ),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(counts=True), name="score_one_counts"
            ),
            models.CheckConstraint(
                condition=Q(score=F("responsiveness") + F("closure") + F("satisfaction")),
                name="score_is_its_parts",
            ),
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="score_range"),
            models.CheckConstraint(
                condition=Q(counts=False) | Q(superseded_by__isnull=True),
                name="score_that_counts_stands",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.score}"


class Appeal(models.Model):
    """A unit does not agree with the score of a case (申诉); the centre decides."""

    score = models.ForeignKey(
        CaseScore, models.PROTECT, related_name="appeals", verbose_name=_("案件得分")
    )
    unit = models.ForeignKey(
        "grids.Unit", models.PROTECT, related_name="+", verbose_name=_("申诉单位")
    )
    reason = models.CharField(_("理由"), max_length=1000)
    asked_by = models.ForeignKey(
        "grids.User", models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    asked_at = models.DateTimeField(_("申请时间"))
    outcome = models.CharField(
        _("结果"), max_length=10, choices=AppealOutcome.choices, default=AppealOutcome.PENDING
    )
    decided_by = models.ForeignKey(
        "grids.User", models.PROTECT, null=True, related_name="+", verbose_name=_("裁定人")
    )
    decided_at = models.DateTimeField(_("裁定时间"), null=True)
    words = models.CharField(_("裁定意见"), max_length=1000, blank=True)
    points = models.JSONField(_("更正的分值"), default=dict)

    class Meta:
        verbose_name = _("考评申诉")
        verbose_name_plural = _("考评申诉")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["score"],
                condition=Q(outcome=AppealOutcome.PENDING),
                name="appeal_pending_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=AppealOutcome.values), name="appeal_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score_id} {self.outcome}"


class NoticeQuerySet(models.QuerySet[Any]):
    def for_user(self, user: Any) -> "NoticeQuerySet":
        """Notices of the place for who issues them, else those to one's own units."""
        from incidents.assessment.people import seats_of

        if not user.is_authenticated:
            return self.none()
        seats = seats_of(user)
        if seats.sees_all:
            return self if user.is_superuser else self.filter(place=user.place_id)
        return self.filter(unit__in=seats.units, place=user.place_id)


class Notice(models.Model):
    """A notice of accountability (问责): issued, replied to, corrected, closed.

    `figure` is what it rests on, as it stood when it was issued. `key` is the issuer's, so that one
    sent twice is one.
    """

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="notices", verbose_name=_("地区")
    )
    key = models.UUIDField(_("提交编号"), unique=True, editable=False)
    unit = models.ForeignKey(
        "grids.Unit", models.PROTECT, related_name="notices", verbose_name=_("责任单位")
    )
    person = models.ForeignKey(
        "grids.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("责任人"),
    )
    reason = models.CharField(_("事由"), max_length=1000)
    figure = models.JSONField(_("依据"), default=dict)
    state = models.CharField(
        _("状态"), max_length=10, choices=NoticeState.choices, default=NoticeState.ISSUED
    )
    issued_by = models.ForeignKey(
        "grids.User", models.PROTECT, related_name="+", verbose_name=_("下达人")
    )
    issued_at = models.DateTimeField(_("下达时间"))
    reply_due_at = models.DateTimeField(_("回复期限"))
    reply = models.CharField(_("回复"), max_length=2000, blank=True)
    replied_by = models.ForeignKey(
        "grids.User", models.PROTECT, null=True, related_name="+", verbose_name=_("回复人")
    )
    replied_at = models.DateTimeField(_("回复时间"), null=True)
    correction = models.CharField(_("整改情况"), max_length=2000, blank=True)
    corrected_by = models.ForeignKey(
        "grids.User", models.PROTECT, null=True, related_name="+", verbose_name=_("整改填报人")
    )
    corrected_at = models.DateTimeField(_("整改时间"), null=True)
    ended_by = models.ForeignKey(
        "grids.User", models.PROTECT, null=True, related_name="+", verbose_name=_("销号人")
    )
    ended_at = models.DateTimeField(_("销号时间"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("问责通知")
        verbose_name_plural = _("问责通知")
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=NoticeState.values), name="notice_state_known"
            ),
            models.CheckConstraint(
                condition=Q(reply_due_at__gt=F("issued_at")), name="notice_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.issued_at:%Y-%m-%d}"
