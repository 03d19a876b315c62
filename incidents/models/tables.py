from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.choices import DatumChoice, Kind


class Channel(models.Model):
    """A way by which reports come, and the datum its positions are in unless they say otherwise."""

    code = models.CharField(_("代码"), max_length=16, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    name_en = models.CharField(_("英文名称"), max_length=40)
    datum = models.CharField(_("默认坐标系"), max_length=8, choices=DatumChoice.choices)
    is_open = models.BooleanField(_("无需账号"), default=False)

    class Meta:
        verbose_name = _("渠道")
        verbose_name_plural = _("渠道")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(datum__in=DatumChoice.values), name="channel_datum_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str | None) -> str:
        """The name in that language: English where it is asked for, else Chinese."""
        return self.name_en if (language or "").startswith("en") and self.name_en else self.name


class Category(models.Model):
    """A class of demand, valid for a time: the national tables are replaced every few years."""

    code = models.CharField(_("代码"), max_length=16)
    name = models.CharField(_("名称"), max_length=40)
    name_en = models.CharField(_("英文名称"), max_length=60)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    valid = DateRangeField(_("有效期"))
    order = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        verbose_name = _("类别")
        verbose_name_plural = _("类别")
        ordering = ["order", "code"]
        constraints = [
            ExclusionConstraint(
                name="category_code_once_at_a_time",
                expressions=[("code", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values), name="category_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str | None) -> str:
        """The name in that language: English where it is asked for, else Chinese."""
        return self.name_en if (language or "").startswith("en") and self.name_en else self.name
