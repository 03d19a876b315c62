"""Pictures for tests: good ones, and files that only look like one."""

import struct
import zlib
from io import BytesIO

from PIL import Image


def picture(
    width: int = 80, height: int = 60, kind: str = "JPEG", mode: str = "RGB", **saved: object
) -> bytes:
    """A gradient, so that its two ends can be told apart: dark at the left, bright at the right."""
    image = Image.linear_gradient("L").rotate(90).resize((width, height)).convert(mode)
    out = BytesIO()
    image.save(out, kind, **saved)
    return out.getvalue()


def located_picture() -> bytes:
    """As a phone makes it: lying on its side, with GPS, a make, XMP and a comment."""
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif[0x0112] = 6  # to be turned by a quarter
    exif.get_ifd(0x8825).update({1: "N", 2: (36.0, 4.0, 14.3), 3: "E", 4: (120.0, 24.0, 53.8)})
    return picture(exif=exif, xmp=b"<x:xmpmeta>secret-xmp</x:xmpmeta>", comment=b"secret-comment")


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG with its checksum."""
    total = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", total)


def png_that_says(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG whose header declares that size, whatever is in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def png_with_text(size: int) -> bytes:
    """A small PNG with a compressed text of `size` bytes: a few kilobytes on the wire."""
    text = chunk(b"zTXt", b"k\0\0" + zlib.compress(b"a" * size, 9))
    good = picture(8, 8, "PNG")
    return good[:33] + text + good[33:]


def webp_that_says(width: int, height: int) -> bytes:
    """An extended WebP whose canvas is that large."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


def bad_pictures() -> dict[str, bytes]:
    """Files that must be refused: none is a whole JPEG, PNG or WebP within the limits."""
    jpeg, png, webp = picture(), picture(kind="PNG"), picture(kind="WEBP")
    return {
        "empty": b"",
        "one byte": b"\xff",
        "text": b"hello",
        "html": b"<html><script>alert(1)</script></html>",
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "zip": b"PK\x03\x04" + b"\0" * 200,
        "pdf": b"%PDF-1.7\n" + b"0" * 200,
        "elf": b"\x7fELF" + b"\0" * 200,
        "gif": picture(kind="GIF"),
        "bmp": picture(kind="BMP"),
        "tiff": picture(kind="TIFF"),
        "ico": picture(16, 16, "ICO"),
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "jpeg head": jpeg[:20],
        "jpeg half": jpeg[: len(jpeg) // 2],
        "jpeg mark": b"\xff\xd8\xff",
        "jpeg nulls": jpeg[:4] + b"\0" * 500,
        "jpeg after a zip": b"PK\x03\x04" + jpeg,
        "png head": png[:33],
        "png half": png[: len(png) // 2],
        "png checksum": png[:20] + bytes([png[20] ^ 1]) + png[21:],
        "png bomb": png_that_says(60_000, 60_000),
        "png just too many": png_that_says(8001, 5000),
        "png wide": png_that_says(2**31 - 1, 1),
        "png no width": png_that_says(0, 10),
        "png short of rows": png_that_says(500, 500, b"\0" * 100),
        "png text bomb": png_with_text(80_000_000),
        "webp head": webp[:16],
        "webp half": webp[: len(webp) // 2],
        "webp bomb": webp_that_says(16_384, 16_384),
        "webp canvas": webp_that_says(100, 100),
        "riff": b"RIFF\xff\xff\xff\xffWEBP",
        "wav": b"RIFF\x24\0\0\0WAVEfmt ",
    }
