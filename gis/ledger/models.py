"""What every app writes down: work to be done, what was done, and who holds a token."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxMessage(models.Model):
    """A side effect that was promised inside a business transaction, and is done at least once.

    Written with the change it belongs to, so that it exists exactly when the change does. The relay
    takes it with `FOR UPDATE SKIP LOCKED` and marks it done in the transaction of its effect.
    """

    topic = models.CharField(_("主题"), max_length=60)
    payload = models.JSONField(_("内容"))
    created_at = models.DateTimeField(_("登记时间"))
    due_at = models.DateTimeField(_("应办时间"))
    attempts = models.PositiveIntegerField(_("次数"), default=0)
    last_error = models.CharField(_("上次错误"), max_length=500, blank=True)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("待发事项")
        verbose_name_plural = _("待发事项")
        ordering = ["id"]
        indexes = [
            # The relay asks only for what is open; done rows must not slow it as years pass.
            models.Index(
                fields=["due_at", "id"],
                name="outbox_open",
                condition=models.Q(done_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.topic}"


class AuditEvent(models.Model):
    """One link of a hash chain: who did what, when, to what. Append-only, held so by triggers.

    `data` holds ids and salted digests of persons, never names or numbers, so that erasing a
    person's data breaks no chain.
    """

    chain = models.CharField(_("链"), max_length=80)
    sequence = models.PositiveIntegerField(_("序号"))
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("操作人"),
    )
    action = models.CharField(_("动作"), max_length=60)
    data = models.JSONField(_("内容"), default=dict)
    previous = models.CharField(_("前一摘要"), max_length=64)
    digest = models.CharField(_("摘要"), max_length=64)

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        ordering = ["chain", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="audit_sequence_once"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="audit_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} #{self.sequence} {self.action}"


class Token(models.Model):
    """A bearer token, kept as a SHA-256 digest: a stolen table opens no door.

    `credential` is a keyed digest of the password it was issued for: a new password ends it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens", verbose_name=_("用户")
    )
    digest = models.CharField(_("摘要"), max_length=64, unique=True)
    credential = models.CharField(_("凭据摘要"), max_length=64, editable=False)
    issued_at = models.DateTimeField(_("签发时间"))
    expires_at = models.DateTimeField(_("到期时间"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("令牌")
        verbose_name_plural = _("令牌")
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("issued_at")), name="token_has_lifetime"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.expires_at:%Y-%m-%d %H:%M}"


class Heartbeat(models.Model):
    """When a background part last did its work: beat and worker write it, health reads it."""

    part = models.CharField(_("部件"), max_length=40, primary_key=True)
    beaten_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("心跳")
        verbose_name_plural = _("心跳")

    def __str__(self) -> str:
        return self.part


class IdempotencyKey(models.Model):
    """A write that was answered: the same key and body get the same answer, another body a refusal.

    `answer` holds ids and words of ours, never a person's data.
    """

    source = models.CharField(_("来源"), max_length=80)
    key = models.UUIDField(_("键"))
    body_digest = models.CharField(_("请求摘要"), max_length=64)
    status = models.PositiveSmallIntegerField(_("状态码"))
    answer = models.JSONField(_("回答"))
    created_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("幂等键")
        verbose_name_plural = _("幂等键")
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class Attachment(models.Model):
    """A picture, drawn anew from its pixels: no metadata of the sender's phone is kept."""

    id = models.UUIDField(primary_key=True, editable=False)
    digest = models.CharField(_("摘要"), max_length=64)
    file = models.FileField(_("文件"), upload_to="attachments/%Y/%m/")
    width = models.PositiveIntegerField(_("宽"))
    height = models.PositiveIntegerField(_("高"))
    created_at = models.DateTimeField(_("时间"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("上传人"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.id)


class StreamEvent(models.Model):
    """News for those who watch. Its id follows the order of commits: a trigger gives it.

    `audience` holds keys that mean nothing here: a viewer who holds one of them is told. `payload`
    holds no personal data. Never changed; retention takes the oldest (triggers hold both).
    """

    topic = models.CharField(_("主题"), max_length=60)
    payload = models.JSONField(_("内容"))
    audience = ArrayField(models.CharField(max_length=80), verbose_name=_("受众"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("实时消息")
        verbose_name_plural = _("实时消息")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audience__len__gt=0), name="stream_has_audience"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.topic}"
