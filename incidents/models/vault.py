from django.db import models
from django.utils.translation import gettext_lazy as _


class Contact(models.Model):
    """The vault: who reported, encrypted, apart from the report, so that it can be erased alone."""

    sealed = models.BinaryField(_("密文"))
    created_at = models.DateTimeField(_("建立时间"))

    class Meta:
        verbose_name = _("联系人")
        verbose_name_plural = _("联系人")

    def __str__(self) -> str:
        return f"#{self.pk}"
