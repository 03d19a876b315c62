"""The ledger in the admin: to be read, never written."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from gis.ledger.models import (
    Attachment,
    AuditEvent,
    Heartbeat,
    IdempotencyKey,
    OutboxMessage,
    StreamEvent,
    Token,
)


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows that are written by services only."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LedgerAdmin(ReadOnlyAdmin):
    # These tables grow without end: the list does not count them all to show one page.
    show_full_result_count = False
    list_per_page = 50


@admin.register(AuditEvent)
class AuditEventAdmin(LedgerAdmin):
    list_display = ["at", "chain", "sequence", "action", "actor"]
    list_select_related = ["actor"]
    search_fields = ["=chain", "=action", "=actor__username"]
    search_help_text = "链、动作或用户名，完整填写 · exact chain, action or user name"
    ordering = ["-id"]


@admin.register(OutboxMessage)
class OutboxMessageAdmin(LedgerAdmin):
    list_display = ["id", "topic", "created_at", "due_at", "attempts", "done_at", "last_error"]
    list_filter = [("done_at", admin.EmptyFieldListFilter), "topic"]
    ordering = ["-id"]


@admin.register(Token)
class TokenAdmin(LedgerAdmin):
    # The digest is left out on purpose: nobody needs it, and it identifies a secret.
    fields = ["user", "issued_at", "expires_at", "revoked_at"]
    list_display = ["user", "issued_at", "expires_at", "revoked_at"]
    list_select_related = ["user"]
    search_fields = ["user__username"]


@admin.register(Heartbeat)
class HeartbeatAdmin(LedgerAdmin):
    list_display = ["part", "beaten_at"]


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(LedgerAdmin):
    fields = ["source", "key", "status", "answer", "created_at"]
    list_display = ["key", "source", "status", "created_at"]
    search_fields = ["=key"]
    search_help_text = "键，完整填写 · exact key"
    ordering = ["-id"]


@admin.register(Attachment)
class AttachmentAdmin(LedgerAdmin):
    # The file's address leads nowhere: a view decides who may see a picture.
    fields = ["id", "digest", "width", "height", "created_at", "created_by"]
    list_display = ["id", "width", "height", "created_at", "created_by"]
    list_select_related = ["created_by"]


@admin.register(StreamEvent)
class StreamEventAdmin(LedgerAdmin):
    list_display = ["id", "at", "topic", "audience"]
    list_filter = ["topic"]
    ordering = ["-id"]
