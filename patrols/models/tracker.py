from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from patrols.querysets import TrackerQuerySet


class Tracker(models.Model):
    """A tracker app of a worker, known by a secret of its own, which is kept as a digest.

    The secret can do one thing: send positions of that worker under that device's name.
    """

    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="trackers",
        verbose_name=_("网格员"),
    )
    device = models.CharField(_("设备"), max_length=40)
    digest = models.CharField(_("摘要"), max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField(_("签发时间"))
    is_active = models.BooleanField(_("有效"), default=True)

    # Of a tracker that was issued just now: it is nowhere else.
    secret: str = ""

    objects = TrackerQuerySet.as_manager()

    class Meta:
        verbose_name = _("轨迹器")
        verbose_name_plural = _("轨迹器")
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "device"], condition=Q(is_active=True), name="tracker_once"
            ),
            models.CheckConstraint(condition=~Q(device=""), name="tracker_has_device"),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} {self.device}"
