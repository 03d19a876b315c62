"""Reading the `Idempotency-Key` header."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from gis.api.problems import refuse
from gis.ledger.services.idempotency import KeyReused

HEADER = "Idempotency-Key"
KEY_PARAMETER = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="UUID；同一键同一内容得到同一回答 (same key and body, same answer)",
)
# As RFC 9562 writes them: UUID() also reads braces, URNs and no hyphens, which are other texts.
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def required_key(request: Request) -> UUID:
    """The key of a write. Raises `Refused` (400) when it is missing or not a UUID."""
    text = request.headers.get(HEADER, "")
    if not text:
        zh, en = "请带上请求头 Idempotency-Key。", "Send the header Idempotency-Key."
        raise refuse(HEADER, "required", zh, en)
    if not _UUID.fullmatch(text):
        zh, en = "应为 UUID，如 00000000-0000-4000-8000-000000000000。", "Must be a UUID."
        raise refuse(HEADER, "not_a_uuid", zh, en)
    return UUID(text)


@contextmanager
def refusing_reuse(
    zh: str = "此键已用于另一内容。", en: str = "This key was used for another body."
) -> Iterator[None]:
    """Around a write done once: a key that came before with another body is refused (409)."""
    try:
        yield
    except KeyReused as error:
        raise refuse(HEADER, "key_reused", zh, en, status_code=409) from error
