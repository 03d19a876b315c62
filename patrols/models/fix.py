from django.conf import settings
from django.contrib.postgres.fields import RangeBoundary
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis.db.functions import TimeRange
from patrols.choices import DatumCode
from patrols.querysets import FixBatchQuerySet, FixQuerySet


class Fix(models.Model):
    """One position of a worker on duty. Known by worker, device and sequence.

    The table is partitioned by the UTC day of `at` and made by SQL (`migrations/sql/fixes.sql`), so
    Django does not manage it. `flags` are those of `gis.kernel.tracks.Flag`, 0 for a good fix;
    `lon`, `lat` are WGS-84 degrees, converted from `datum`.
    """

    pk = models.CompositePrimaryKey("worker_id", "device", "sequence", "at")
    worker = models.ForeignKey(
        "grids.User",
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("网格员"),
    )
    device = models.CharField(_("设备"), max_length=40)
    sequence = models.BigIntegerField(_("序号"))
    at = models.DateTimeField(_("时间"))
    lon = models.FloatField(_("经度"))
    lat = models.FloatField(_("纬度"))
    datum = models.SmallIntegerField(_("原坐标系"), choices=DatumCode.choices)
    accuracy_m = models.FloatField(_("精度（米）"), null=True)
    speed_mps = models.FloatField(_("速度（米/秒）"), null=True)
    heading_deg = models.FloatField(_("方向（度）"), null=True)
    battery = models.FloatField(_("电量（%）"), null=True)
    flags = models.SmallIntegerField(_("过滤标记"), default=0)

    objects = FixQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "patrols_fix"
        verbose_name = _("轨迹点")
        verbose_name_plural = _("轨迹点")

    def __str__(self) -> str:
        return f"{self.worker_id} {self.device} #{self.sequence}"


class FixBatch(models.Model):
    """What came in together, and what became of it: nothing is dropped without a trace.

    What is derived from fixes is kept under the batches it was derived from. `sender` is whoever
    sent it; a simulated batch holds many workers of its `place` and has none. Of days whose fixes
    are gone all batches of a sender that came on one local day are one row.
    """

    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("发送人"),
    )
    place = models.ForeignKey(
        "grids.Place", models.CASCADE, null=True, related_name="+", verbose_name=_("地区")
    )
    received_at = models.DateTimeField(_("收到时间"))
    first_at = models.DateTimeField(_("最早时间"))
    last_at = models.DateTimeField(_("最晚时间"))
    sent = models.PositiveIntegerField(_("点数"))
    stored = models.PositiveIntegerField(_("存入"))
    duplicates = models.PositiveIntegerField(_("重复"))
    refused = models.JSONField(_("拒收"), default=dict)
    flagged = models.JSONField(_("标记"), default=dict)
    is_simulated = models.BooleanField(_("模拟"), default=False)
    is_recorded = models.BooleanField(
        _("已计入上次记录"), default=False, db_default=False, editable=False
    )
    is_sum = models.BooleanField(_("当日合计"), default=False)

    objects = FixBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("轨迹点批次")
        verbose_name_plural = _("轨迹点批次")
        ordering = ["-id"]
        indexes = [
            GistIndex(
                TimeRange("first_at", "last_at", RangeBoundary(inclusive_upper=True)),
                name="batch_by_time",
            ),
            models.Index(fields=["received_at"], name="batch_by_receipt"),
            models.Index(
                fields=["id"], name="batch_to_record", condition=models.Q(is_recorded=False)
            ),
            models.Index(
                fields=["received_at"], condition=models.Q(is_sum=False), name="batch_alone"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_at__lte=models.F("last_at")), name="batch_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(sent__gte=models.F("stored") + models.F("duplicates")),
                name="batch_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M:%S} {self.stored}/{self.sent}"
