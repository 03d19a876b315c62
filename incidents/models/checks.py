from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.choices import DatumChoice
from incidents.querysets import PositionCheckQuerySet


class PositionCheck(models.Model):
    """What the evidence says of the datum of one report's position. It corrects nothing.

    `evidence` holds for each datum `offset_m` (to the spot that the address names), `outside_m` (of
    the ground it names, else of the place's) and `on_ground`. `east_m`, `north_m` lead from the
    named spot to the position as it was declared. `looks_like` is blank when all explain it alike.
    """

    report = models.OneToOneField(
        "incidents.Report", models.CASCADE, related_name="position_check", verbose_name=_("诉求")
    )
    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="+", verbose_name=_("地区")
    )
    channel = models.ForeignKey(
        "incidents.Channel", models.PROTECT, related_name="+", verbose_name=_("渠道")
    )
    declared = models.CharField(_("声明坐标系"), max_length=8, choices=DatumChoice.choices)
    looks_like = models.CharField(
        _("更像坐标系"), max_length=8, choices=DatumChoice.choices, blank=True
    )
    ground = models.CharField(_("地址所指"), max_length=80, blank=True)
    evidence = models.JSONField(_("依据"))
    east_m = models.FloatField(_("偏东（米）"), null=True, blank=True)
    north_m = models.FloatField(_("偏北（米）"), null=True, blank=True)

    objects = PositionCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("坐标核对")
        verbose_name_plural = _("坐标核对")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["place", "channel", "-id"], name="check_by_channel"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(declared__in=DatumChoice.values), name="check_declared_known"
            ),
            models.CheckConstraint(
                condition=models.Q(looks_like__in=["", *DatumChoice.values]),
                name="check_looks_like_known",
            ),
            models.CheckConstraint(
                condition=models.Q(east_m__isnull=True, north_m__isnull=True)
                | models.Q(east_m__isnull=False, north_m__isnull=False),
                name="check_shift_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.declared} → {self.looks_like or '–'}"
