"""Pictures: drawn anew from their pixels, so that nothing else of the file is kept.

A phone's file tells where its owner lives (EXIF), and a clever one is a web page or an archive as
well as a picture. What is stored is a JPEG that we made from the pixels alone.
"""

import hashlib
import struct
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageOps

from gis.kernel.errors import InvalidInput
from gis.ledger.models import Attachment

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_EDGE = 2560
QUALITY = 85
# A picture that no report took up within this time is refused to a later one.
FRESH_FOR = timedelta(hours=24)

# The second guard: Pillow itself refuses twice this number, in whatever it decodes.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
# What decoders raise on a file that is broken, or broken on purpose.
BROKEN = (
    OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError,
    EOFError, SyntaxError, RuntimeError, MemoryError, struct.error,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip


class InvalidPicture(InvalidInput):
    """Bytes that are not a picture which can be kept."""


def redraw(raw: bytes) -> tuple[bytes, int, int]:
    """The picture in `raw` as a JPEG without metadata, and its width and height.

    Turned upright, at most 2,560 pixels on its longer edge, on white where it was transparent, the
    first frame of an animation. Raises `InvalidPicture`.
    """
    if len(raw) > MOST_BYTES:
        raise _refuse("照片太大，最多 12 MB。", "The picture is too large: at most 12 MB.")
    try:
        _check_size(_webp_size(raw))
        with Image.open(BytesIO(raw), formats=FORMATS) as image:
            _check_size(image.size)
            drawn = _draw(image)
    except InvalidPicture:
        raise
    except BROKEN:
        raise _refuse(
            "无法读取：应为完整的 JPEG、PNG 或 WebP 照片。",
            "Cannot be read: send a whole JPEG, PNG or WebP picture.",
        ) from None
    out = BytesIO()
    drawn.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue(), drawn.width, drawn.height


def store(*, raw: bytes, by: AbstractBaseUser | None, now: datetime) -> Attachment:
    """Keep the picture in `raw` for a report that will follow. Raises `InvalidPicture`."""
    jpeg, width, height = redraw(raw)
    attachment = Attachment(
        id=uuid.uuid4(),
        digest=hashlib.sha256(jpeg).hexdigest(),
        width=width,
        height=height,
        created_at=now,
        created_by_id=by.pk if by else None,
    )
    attachment.file.save(f"{attachment.id}.jpg", ContentFile(jpeg), save=False)
    try:
        attachment.save(force_insert=True)
    except BaseException:
        attachment.file.storage.delete(attachment.file.name)
        raise
    return attachment


def take(
    ids: Sequence[uuid.UUID], *, by: AbstractBaseUser | None, now: datetime
) -> list[Attachment]:
    """The pictures of those ids, in order, for a report that `by` sends now: locked, theirs, fresh.

    Whether one belongs to another report already is for the caller's constraint to say. Raises
    `InvalidInput` that names the first that cannot be used (`photos[1]`).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("pictures are taken inside the transaction of their report")
    rows = Attachment.objects.select_for_update().filter(
        pk__in=ids, created_by_id=by.pk if by else None, created_at__gte=now - FRESH_FOR
    )
    found = {row.pk: row for row in rows.order_by("pk")}
    for number, one in enumerate(ids):
        if one not in found:
            raise InvalidInput(
                "没有这张照片，或不是您上传的，或已过期。(No such picture, not yours, or too old.)",
                field=f"photos[{number}]",
            )
    return [found[one] for one in ids]


def _draw(image: Image.Image) -> Image.Image:
    """A new picture with the pixels of `image`, and nothing else of it."""
    image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # a JPEG is decoded small at once
    image.load()
    if image.mode not in ("RGB", "RGBA", "L"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    with suppress(*BROKEN):  # a broken EXIF block is no reason to lose the picture
        image = ImageOps.exif_transpose(image)
    drawn = Image.new("RGB", image.size, "white")
    drawn.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return drawn


def _check_size(size: tuple[int, int] | None) -> None:
    if size is not None and size[0] * size[1] > MOST_PIXELS:
        raise _refuse("照片像素过多，最多 4000 万。", "Too many pixels: at most 40 million.")


def _webp_size(raw: bytes) -> tuple[int, int] | None:
    """The canvas that an extended WebP declares (RFC 9649): its decoder sets it up on opening."""
    if raw[:4] != b"RIFF" or raw[8:16] != b"WEBPVP8X" or len(raw) < 30:
        return None
    return 1 + int.from_bytes(raw[24:27], "little"), 1 + int.from_bytes(raw[27:30], "little")


def _refuse(zh: str, en: str) -> InvalidPicture:
    return InvalidPicture(f"{zh}({en})", field="file")
