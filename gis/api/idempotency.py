"""Reading the `Idempotency-Key` header."""

import re
from uuid import UUID

from rest_framework.request import Request

from gis.api.problems import refuse

HEADER = "Idempotency-Key"
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
