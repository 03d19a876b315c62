from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class ChannelPartner(models.Model):
    """Somebody who sends reports by machine over a channel, and is told what becomes of them.

    `secret` holds the signing keys, sealed as the vault is: the one in use, and the former one
    while the partner changes over. Without a `place` its reports go to the default one.
    """

    channel = models.ForeignKey(
        "incidents.Channel", models.PROTECT, related_name="partners", verbose_name=_("渠道")
    )
    name = models.CharField(_("名称"), max_length=40)
    place = models.ForeignKey(
        "grids.Place",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("地区"),
    )
    secret = models.BinaryField(_("密钥"), default=bytes, editable=False)
    is_active = models.BooleanField(_("启用"), default=True)
    callback_url = models.CharField(
        _("回传网址"),
        max_length=300,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
    )

    class Meta:
        verbose_name = _("渠道对接方")
        verbose_name_plural = _("渠道对接方")
        ordering = ["channel", "name"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "name"], name="partner_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerReport(models.Model):
    """Which partner sent a report, and until when they want it done: they are told about it."""

    report = models.OneToOneField(
        "incidents.Report", models.PROTECT, related_name="partner_report", verbose_name=_("诉求")
    )
    partner = models.ForeignKey(
        ChannelPartner, models.PROTECT, related_name="reports", verbose_name=_("对接方")
    )
    deadline = models.DateTimeField(_("对方期限"), null=True, blank=True)

    class Meta:
        verbose_name = _("对接方诉求")
        verbose_name_plural = _("对接方诉求")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.report_id} {self.partner_id}"
