"""`manage.py import_staff`: posts from a table, all or nothing."""

import csv
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from grids.choices import PostKind, Role
from grids.models import Leave, Post, User
from tests.factories import District

pytestmark = pytest.mark.django_db
GRID = "370299002001001"


def table(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "staff.csv"
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


def faults(path: Path) -> list[tuple[int, str]]:
    with path.with_name(path.name + ".rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        return [(int(row[0]), row[1]) for row in list(csv.reader(file))[1:]]


def bring(path: Path, **options: object) -> None:
    call_command("import_staff", path, place="370299", **options)


def free_grid(district: District) -> str:
    """A grid without a worker."""
    held = set(Post.objects.filter(role=Role.WORKER).values_list("grid__code", flat=True))
    return next(code for code in sorted(district.grids) if code not in held)


def test_people_and_posts_are_written(district: District, tmp_path: Path) -> None:
    code = free_grid(district)
    row = {"用户名": "zhang", "姓名": "张三", "角色": "网格员", "网格": code, "开始": "2026-01-01"}
    bring(table(tmp_path, row | {"请假开始": "2026-03-01", "请假结束": "2026-03-02"}))
    post = Post.objects.get(user__username="zhang")
    assert post.grid is not None
    assert (post.grid.code, post.role, post.kind) == (code, Role.WORKER, PostKind.PRINCIPAL)
    assert not post.user.has_usable_password()
    leave = Leave.objects.get(user=post.user)
    # The last day of a leave is a day of leave.
    assert (leave.during.upper - leave.during.lower).days == 2


def test_an_xlsx_is_read_and_a_formula_refused(district: District, tmp_path: Path) -> None:
    code = free_grid(district)
    book = openpyxl.Workbook()
    book.active.append(["username", "full_name", "role", "grid", "from"])  # type: ignore[union-attr]
    book.active.append(["li", "李四", "worker", code, "2026-01-01"])  # type: ignore[union-attr]
    path = tmp_path / "staff.xlsx"
    book.save(path)
    bring(path, dry_run=True)
    assert not User.objects.filter(username="li").exists()
    book.active.append(["wu", "=1+1", "worker", code, "2026-01-01"])  # type: ignore[union-attr]
    book.save(path)
    with pytest.raises(CommandError):
        bring(path)
    assert faults(path) == [(3, "full_name")]


def test_every_bad_row_is_named_and_nothing_is_written(district: District, tmp_path: Path) -> None:
    code = free_grid(district)
    good = {"username": "a", "role": "worker", "grid": code, "from": "2026-01-01", "until": ""}
    path = table(
        tmp_path,
        good | {"unit": "", "kind": ""},
        good | {"username": "b", "role": "king"},
        good | {"username": "c", "grid": "nowhere"},
        good | {"username": "d", "from": "someday"},
        good | {"username": "e", "until": "2025-01-01"},
        good | {"username": "f", "unit": "u"},
        good | {"username": "", "kind": "deputy"},
        good | {"username": "g"},
        good | {"username": "h", "kind": "chief"},
    )
    before = Post.objects.count()
    with pytest.raises(CommandError):
        bring(path)
    assert faults(path) == [
        (3, "role"),
        (4, "grid"),
        (5, "from"),
        (6, "until"),
        (7, "grid"),
        (8, "username"),
        (9, "grid"),
        (10, "kind"),
    ]
    assert Post.objects.count() == before
    assert not User.objects.filter(username="a").exists()


def test_a_principal_who_is_there_already_is_named(district: District, tmp_path: Path) -> None:
    held = Post.objects.filter(role=Role.WORKER, kind=PostKind.PRINCIPAL).first()
    assert held is not None
    assert held.grid is not None
    row = {"username": "x", "role": "worker", "grid": held.grid.code, "from": "2026-01-01"}
    path = table(tmp_path, row)
    with pytest.raises(CommandError, match="拒绝"):
        bring(path)
    assert faults(path) == [(2, "grid")]


@pytest.mark.parametrize(("name", "content"), [("a.xlsx", b"PK"), ("a.csv", b""), ("a.txt", b"x")])
def test_a_file_that_is_no_table_is_refused(
    name: str, content: bytes, district: District, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError, match="拒绝"):
        bring(tmp_path / name)
