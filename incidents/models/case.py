from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from gis.db.fields import PositionField, sound
from incidents.choices import OPEN_STATES, DatumChoice, IncidentState, Kind, Placement, Tier
from incidents.querysets import IncidentQuerySet, ReportQuerySet


class Incident(models.Model):
    """The case that is handled; one or more reports. Without a grid it waits in the unplaced queue.

    Its position and grid are where it is handled now; what a report said stays with the report.
    `unit` leads, once it is dispatched. `due_at` and `amber_at` are those of the clock that runs
    out first, null when none runs. `held_state` is where a suspended or merged case goes back to.
    """

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="incidents", verbose_name=_("地区")
    )
    number = models.CharField(_("案件编号"), max_length=24, unique=True)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    category = models.ForeignKey(
        "incidents.Category", models.PROTECT, null=True, blank=True, verbose_name=_("类别")
    )
    state = models.CharField(
        _("状态"), max_length=16, choices=IncidentState.choices, default=IncidentState.RECEIVED
    )
    position = PositionField(_("位置"), null=True, blank=True)
    grid = models.ForeignKey(
        "grids.Grid",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="incidents",
        verbose_name=_("网格"),
    )
    provisional = models.BooleanField(_("网格待定"), default=False)
    received_at = models.DateTimeField(_("受理时间"))
    occurred_at = models.DateTimeField(_("发生时间"))
    is_simulated = models.BooleanField(_("模拟"), default=False)
    tier = models.CharField(_("办理层级"), max_length=12, choices=Tier.choices, default=Tier.CENTRE)
    unit = models.ForeignKey(
        "grids.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("主责单位"),
    )
    due_at = models.DateTimeField(_("期限"), null=True, blank=True)
    amber_at = models.DateTimeField(_("预警时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结案时间"), null=True, blank=True)
    held_state = models.CharField(
        _("原状态"), max_length=16, choices=IncidentState.choices, blank=True
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("并入案件"),
    )
    commander = models.ForeignKey(
        "grids.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("牵头区领导"),
    )
    reopened = models.PositiveSmallIntegerField(_("重开次数"), default=0)
    reworked = models.PositiveSmallIntegerField(_("返工次数"), default=0)
    is_self_handled = models.BooleanField(_("自处理"), default=False)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("案件")
        verbose_name_plural = _("案件")
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["place", "-received_at"], name="incident_by_time"),
            models.Index(fields=["grid", "-received_at"], name="incident_by_grid"),
            # Queues ask for what is open, the most pressing first; most cases are closed.
            models.Index(
                fields=["place", "due_at", "id"],
                name="incident_open_by_due",
                condition=models.Q(state__in=OPEN_STATES),
            ),
            models.Index(
                fields=["unit", "due_at", "id"],
                name="incident_open_by_unit",
                condition=models.Q(state__in=OPEN_STATES),
            ),
            models.Index(fields=["place", "-closed_at"], name="incident_by_closing"),
            # Duplicates ask for both at once: one spot may hold tens of thousands of cases.
            GistIndex(fields=["position", "received_at"], name="incident_near_in_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values), name="incident_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=IncidentState.values), name="incident_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(tier__in=Tier.values), name="incident_tier_known"
            ),
            models.CheckConstraint(
                condition=models.Q(held_state__in=["", *IncidentState.values]),
                name="incident_held_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state=IncidentState.MERGED, merged_into__isnull=False)
                | (~models.Q(state=IncidentState.MERGED) & models.Q(merged_into__isnull=True)),
                name="incident_merged_into_one",
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="incident_not_into_itself"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=IncidentState.CLOSED) | models.Q(closed_at__isnull=False),
                name="incident_closed_has_time",
            ),
            sound("position", table="incident"),
        ]

    def __str__(self) -> str:
        return self.number


class Report(models.Model):
    """What somebody sent: its content is never edited (a trigger holds it).

    `lon`, `lat`, `datum` are as they came; `position` is WGS-84. The snap is that of the edition in
    force at receipt; `Attribution` holds the others.
    """

    number = models.CharField(_("诉求编号"), max_length=24, unique=True)
    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="reports", verbose_name=_("案件")
    )
    channel = models.ForeignKey("incidents.Channel", models.PROTECT, verbose_name=_("渠道"))
    external_id = models.CharField(_("外部编号"), max_length=80, blank=True)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    category = models.ForeignKey(
        "incidents.Category", models.PROTECT, null=True, blank=True, verbose_name=_("类别")
    )
    description = models.CharField(_("内容"), max_length=4000)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    lon = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    datum = models.CharField(_("坐标系"), max_length=8, choices=DatumChoice.choices, blank=True)
    accuracy_m = models.FloatField(_("精度（米）"), null=True, blank=True)
    position = PositionField(_("位置"), null=True, blank=True)
    occurred_at = models.DateTimeField(_("发生时间"))
    received_at = models.DateTimeField(_("收到时间"))
    reporter = models.ForeignKey(
        "incidents.Contact",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("联系人"),
    )
    sent_by = models.ForeignKey(
        "grids.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("提交人"),
    )
    photos = models.ManyToManyField(
        "ledger.Attachment", related_name="+", blank=True, verbose_name=_("照片")
    )
    is_simulated = models.BooleanField(_("模拟"), default=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("诉求")
        verbose_name_plural = _("诉求")
        ordering = ["-received_at", "-id"]
        # As the ORM asks for words in any case: UPPER(…) LIKE UPPER(…).
        indexes = [
            GinIndex(
                OpClass(Upper("description"), name="gin_trgm_ops"), name="report_description_trgm"
            ),
            GinIndex(OpClass(Upper("address"), name="gin_trgm_ops"), name="report_address_trgm"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_id"],
                condition=~models.Q(external_id=""),
                name="report_external_id_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values), name="report_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(lon__isnull=True, lat__isnull=True, datum="")
                | models.Q(lon__isnull=False, lat__isnull=False, datum__in=DatumChoice.values),
                name="report_position_is_whole",
            ),
            sound("position", table="report"),
        ]

    def __str__(self) -> str:
        return self.number


class Attribution(models.Model):
    """Where a report lies in one edition, and how that was found; one row for each edition."""

    report = models.ForeignKey(
        Report, models.CASCADE, related_name="attributions", verbose_name=_("诉求")
    )
    edition = models.ForeignKey(
        "grids.Edition", models.PROTECT, related_name="+", verbose_name=_("区划版本")
    )
    grid = models.ForeignKey(
        "grids.Grid",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attributions",
        verbose_name=_("网格"),
    )
    method = models.CharField(_("判定"), max_length=10, choices=Placement.choices)
    border_distance_m = models.FloatField(_("距边界（米）"), null=True, blank=True)
    provisional = models.BooleanField(_("待定"), default=False)
    candidates = models.JSONField(_("候选"), default=list, blank=True)

    class Meta:
        verbose_name = _("归属")
        verbose_name_plural = _("归属")
        ordering = ["report", "edition"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "edition"], name="attribution_once_per_edition"
            ),
            models.CheckConstraint(
                condition=models.Q(method__in=Placement.values), name="attribution_method_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} @ {self.edition_id}"
