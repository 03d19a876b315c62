"""Reading a CSV of any length in pieces, with what is wrong said in words."""

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TextIO

from gis.kernel.errors import InvalidInput

__all__ = ["chunks", "open_table"]

_MAX_CELL = 1 << 20


@contextmanager
def open_table(source: Path, encoding: str) -> Iterator[TextIO]:
    """Open `source` as text. Raises `InvalidInput` for a missing file or a wrong encoding.

    A wrong encoding may only show in the middle: then the reader inside has done a part.
    """
    if not source.is_file():
        raise InvalidInput(f"找不到文件 {source} (no such file)", "in")
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise InvalidInput(f"未知编码 {encoding} (unknown encoding)", "encoding") from None
    csv.field_size_limit(_MAX_CELL)
    try:
        with source.open(encoding=encoding, newline="") as text:
            yield text
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{source.name} 不是 {encoding} 编码（第 {error.start} 字节附近），"
            "可试 --encoding gb18030 (wrong encoding)",
            "encoding",
        ) from None


def chunks(reader: Iterator[list[str]], size: int) -> Iterator[list[list[str]]]:
    """Rows of a csv reader, `size` at a time. Raises `InvalidInput` for what is not CSV."""
    while True:
        try:
            chunk = list(islice(reader, size))
        except csv.Error as error:
            line = getattr(reader, "line_num", "?")
            raise InvalidInput(f"第 {line} 行不是 CSV：{error} (not CSV)", "in") from None
        if not chunk:
            return
        yield chunk
