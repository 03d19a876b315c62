from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.choices import Answered, LimitUnit, Outcome, Part, Step


class Assignment(models.Model):
    """A unit is on a case for a time: it leads, supports, or belongs to the joint team."""

    incident = models.ForeignKey(
        "incidents.Incident",
        models.CASCADE,
        related_name="assignments",
        verbose_name=_("案件"),
    )
    unit = models.ForeignKey(
        "grids.Unit", models.PROTECT, related_name="assignments", verbose_name=_("责任单位")
    )
    part = models.CharField(_("职责"), max_length=12, choices=Part.choices)
    since = models.DateTimeField(_("派遣时间"))
    until = models.DateTimeField(_("解除时间"), null=True, blank=True)
    checked_in_at = models.DateTimeField(_("报到时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("派遣")
        verbose_name_plural = _("派遣")
        ordering = ["incident", "id"]
        indexes = [models.Index(fields=["unit", "incident"], name="assignment_by_unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["incident"],
                condition=models.Q(part=Part.LEAD, until__isnull=True),
                name="assignment_one_lead",
            ),
            models.UniqueConstraint(
                fields=["incident", "unit"],
                condition=models.Q(until__isnull=True),
                name="assignment_unit_once",
            ),
            models.CheckConstraint(
                condition=models.Q(part__in=Part.values), name="assignment_part_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.unit_id} {self.part}"


class Clock(models.Model):
    """A time limit of a case: it runs in working time, stands while paused, and ends.

    While it stands, `left_s` holds the working seconds that were left (negative: overdue), and
    `due_at` is what it was. `is_beyond_calendar`: counted on plain weekdays, since the table of
    holidays ends before it.
    """

    incident = models.ForeignKey(
        "incidents.Incident", models.CASCADE, related_name="clocks", verbose_name=_("案件")
    )
    step = models.CharField(_("环节"), max_length=12, choices=Step.choices)
    unit = models.ForeignKey(
        "grids.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("责任单位"),
    )
    amount = models.FloatField(_("时限"))
    amount_unit = models.CharField(_("单位"), max_length=16, choices=LimitUnit.choices)
    started_at = models.DateTimeField(_("开始时间"))
    amber_at = models.DateTimeField(_("预警时间"))
    due_at = models.DateTimeField(_("到期时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    paused_at = models.DateTimeField(_("暂停时间"), null=True, blank=True)
    left_s = models.FloatField(_("暂停时剩余（秒）"), null=True, blank=True)
    is_beyond_calendar = models.BooleanField(_("超出节假日表"), default=False)
    amber_told_at = models.DateTimeField(_("预警已发"), null=True, blank=True)
    red_told_at = models.DateTimeField(_("超期已发"), null=True, blank=True)

    class Meta:
        verbose_name = _("时限")
        verbose_name_plural = _("时限")
        ordering = ["incident", "id"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="clock_running",
                condition=models.Q(ended_at__isnull=True, paused_at__isnull=True),
            ),
            models.Index(fields=["step", "ended_at"], name="clock_by_end"),
            # The sweep asks each minute for what has run out and was not told yet.
            models.Index(
                fields=["amber_at"],
                name="clock_amber_untold",
                condition=models.Q(
                    ended_at__isnull=True, paused_at__isnull=True, amber_told_at__isnull=True
                ),
            ),
            models.Index(
                fields=["due_at"],
                name="clock_red_untold",
                condition=models.Q(
                    ended_at__isnull=True, paused_at__isnull=True, red_told_at__isnull=True
                ),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "step"],
                condition=models.Q(ended_at__isnull=True),
                name="clock_one_per_step",
            ),
            models.CheckConstraint(
                condition=models.Q(step__in=Step.values), name="clock_step_known"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="clock_has_time"),
            models.CheckConstraint(
                condition=models.Q(paused_at__isnull=True, left_s__isnull=True)
                | models.Q(paused_at__isnull=False, left_s__isnull=False),
                name="clock_pause_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.step}"


class Note(models.Model):
    """The words of one event of a case. They may name somebody, so they are not in the chain: the
    event holds their digest, salted, and erasing words and salt breaks nothing.
    """

    incident = models.ForeignKey(
        "incidents.Incident", models.CASCADE, related_name="notes", verbose_name=_("案件")
    )
    sequence = models.PositiveIntegerField(_("序号"))
    text = models.CharField(_("内容"), max_length=2000, blank=True)
    salt = models.CharField(max_length=32, blank=True, editable=False)
    is_answer = models.BooleanField(_("答复诉求人"), default=False)
    erased_at = models.DateTimeField(_("清除时间"), null=True, blank=True)
    photos = models.ManyToManyField(
        "ledger.Attachment", related_name="+", blank=True, verbose_name=_("照片")
    )

    class Meta:
        verbose_name = _("办理记录")
        verbose_name_plural = _("办理记录")
        ordering = ["incident", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "sequence"], name="note_once_per_event"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} #{self.sequence}"


class Request(models.Model):
    """Something asked for that another must approve: suspend, extend, return, void."""

    incident = models.ForeignKey(
        "incidents.Incident", models.CASCADE, related_name="requests", verbose_name=_("案件")
    )
    action = models.CharField(_("动作"), max_length=16)
    inputs = models.JSONField(_("内容"), default=dict)
    asked_by = models.ForeignKey(
        "grids.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("申请人"),
    )
    asked_at = models.DateTimeField(_("申请时间"))
    outcome = models.CharField(
        _("结果"), max_length=10, choices=Outcome.choices, default=Outcome.PENDING
    )
    decided_by = models.ForeignKey(
        "grids.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("审批人"),
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("申请")
        verbose_name_plural = _("申请")
        ordering = ["incident", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "action"],
                condition=models.Q(outcome=Outcome.PENDING),
                name="request_pending_once",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="request_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.action}"


class Supervision(models.Model):
    """A supervision order (督办) and the reply to it."""

    incident = models.ForeignKey(
        "incidents.Incident", models.CASCADE, related_name="supervisions", verbose_name=_("案件")
    )
    ordered_by = models.ForeignKey(
        "grids.User", models.PROTECT, null=True, related_name="+", verbose_name=_("督办人")
    )
    ordered_at = models.DateTimeField(_("督办时间"))
    due_at = models.DateTimeField(_("回复期限"))
    replied_by = models.ForeignKey(
        "grids.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("回复人"),
    )
    replied_at = models.DateTimeField(_("回复时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("督办")
        verbose_name_plural = _("督办")
        ordering = ["incident", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident"],
                condition=models.Q(replied_at__isnull=True),
                name="supervision_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.ordered_at:%Y-%m-%d}"


class Satisfaction(models.Model):
    """What somebody said of a closed case: 1 (very dissatisfied) to 5, null when not reached.

    `closing` counts the closings of the case: of a reopened one the last is what holds. Without a
    `recorded_by` the reporter gave it; `report` is theirs.
    """

    incident = models.ForeignKey(
        "incidents.Incident", models.CASCADE, related_name="satisfactions", verbose_name=_("案件")
    )
    report = models.ForeignKey(
        "incidents.Report",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("诉求"),
    )
    way = models.CharField(_("方式"), max_length=10, choices=Answered.choices)
    score = models.PositiveSmallIntegerField(_("满意度"), null=True, blank=True)
    closing = models.PositiveSmallIntegerField(_("第几次结案"))
    at = models.DateTimeField(_("时间"))
    recorded_by = models.ForeignKey(
        "grids.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("记录人"),
    )

    class Meta:
        verbose_name = _("满意度")
        verbose_name_plural = _("满意度")
        ordering = ["incident", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__range=(1, 5)),
                name="satisfaction_score_range",
            ),
            models.CheckConstraint(
                condition=models.Q(way__in=Answered.values), name="satisfaction_way_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.score}"
