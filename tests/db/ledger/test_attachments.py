"""Pictures are drawn anew: nothing but pixels is kept."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import transaction
from PIL import Image
from pytest_django import Settings

from gis.kernel.errors import InvalidInput
from gis.ledger.models import Attachment
from gis.ledger.services import attachments
from tests.factories import make_user
from tests.pictures import bad_pictures, located_picture, picture

NOW = datetime(2022, 11, 2, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def read(raw: bytes) -> Image.Image:
    image = Image.open(BytesIO(raw))
    image.load()
    return image


def test_nothing_but_pixels_is_kept() -> None:
    raw = located_picture()
    assert Image.open(BytesIO(raw)).getexif()
    jpeg, width, height = attachments.redraw(raw + b"PK\x03\x04<script>")
    kept = read(jpeg)
    assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (width, height))
    assert not kept.getexif()
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for secret in (b"PhoneMaker", b"secret-xmp", b"secret-comment", b"PK\x03\x04", b"<script>"):
        assert secret not in jpeg


def test_a_picture_on_its_side_is_turned_upright() -> None:
    jpeg, width, height = attachments.redraw(located_picture())
    assert (width, height) == (60, 80)
    kept = read(jpeg).convert("L")
    assert abs(kept.getpixel((30, 5)) - kept.getpixel((30, 75))) > 150  # type: ignore[operator]
    assert abs(kept.getpixel((5, 40)) - kept.getpixel((55, 40))) < 20  # type: ignore[operator]


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("PNG", "I;16"),
     ("PNG", "LA"), ("WEBP", "RGB"), ("WEBP", "RGBA")],
)  # fmt: skip
def test_every_kind_of_picture_that_phones_send(kind: str, mode: str) -> None:
    raw = picture(kind=kind, mode=mode)
    assert read(attachments.redraw(raw)[0]).size == (80, 60)


def test_a_large_picture_is_made_smaller() -> None:
    _jpeg, width, height = attachments.redraw(picture(6000, 3000))
    assert (width, height) == (2560, 1280)


@pytest.mark.parametrize("name", bad_pictures())
def test_a_bad_picture_is_refused(name: str) -> None:
    with pytest.raises(attachments.InvalidPicture) as refused:
        attachments.redraw(bad_pictures()[name])
    assert refused.value.field == "file"


def test_too_many_bytes() -> None:
    with pytest.raises(attachments.InvalidPicture, match="12 MB"):
        attachments.redraw(picture() + b"\0" * attachments.MOST_BYTES)


def test_a_picture_is_kept_under_a_name_that_nobody_can_guess(db: None, media: Path) -> None:
    kept = attachments.store(raw=picture(), by=None, now=NOW)
    assert kept.file.name == f"attachments/{datetime.now():%Y/%m}/{kept.id}.jpg"  # noqa: DTZ005
    assert (media / kept.file.name).read_bytes()[:2] == b"\xff\xd8"


def test_a_picture_that_was_not_written_down_leaves_no_file(
    db: None, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object, **_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Attachment, "save", fails)
    with pytest.raises(RuntimeError):
        attachments.store(raw=picture(), by=None, now=NOW)
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_only_a_fresh_picture_of_ones_own_is_taken(db: None) -> None:
    user = make_user("u")
    mine = attachments.store(raw=picture(), by=user, now=NOW)
    nobodys = attachments.store(raw=picture(), by=None, now=NOW)
    assert attachments.take([mine.id], by=user, now=NOW) == [mine]
    assert attachments.take([nobodys.id], by=None, now=NOW) == [nobodys]
    for ids, by, now in (
        ([mine.id, nobodys.id], user, NOW),
        ([nobodys.id, mine.id], None, NOW),
        ([mine.id, mine.id][:1], None, NOW),
        ([mine.id], user, NOW + timedelta(hours=25)),
    ):
        with pytest.raises(InvalidInput, match="照片"), transaction.atomic():
            attachments.take(ids, by=by, now=now)
