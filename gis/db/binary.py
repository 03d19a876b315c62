"""Whole columns into and out of PostgreSQL by binary COPY, as numpy holds them.

A row of fixed types is a fixed number of bytes, so the buffer of a COPY is one numpy array with a
field for each length and value: nothing is done row by row. Types must match the columns exactly
(int8 is `i8`, float8 is `f8`, int2 is `i2`); a timestamptz is `i8`, microseconds since
`EPOCH_US`. A null cannot be told: let SQL turn it into NaN and back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg import sql

__all__ = ["EPOCH_US", "copy_in", "copy_out"]

# 2000-01-01T00:00:00Z in microseconds since 1970, from where PostgreSQL counts.
EPOCH_US = 946_684_800_000_000
_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL = b"\xff\xff"


def copy_in(table: str, columns: Mapping[str, NDArray[Any]]) -> None:
    """Append rows to `table`; raises what the database refuses, as Django's errors."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    rows = np.empty(len(next(iter(columns.values()))), _layout([c.dtype for c in columns.values()]))
    rows["count"] = len(columns)
    for number, column in enumerate(columns.values()):
        rows[f"size{number}"] = column.dtype.itemsize
        rows[f"value{number}"] = column
    wrapped = connection.wrap_database_errors
    with connection.cursor() as cursor, wrapped, cursor.copy(statement) as copy:
        copy.write(_HEAD)
        copy.write(rows.tobytes())
        copy.write(_TAIL)


def copy_out(
    query: str, params: Sequence[Any], columns: Mapping[str, str]
) -> dict[str, NDArray[Any]]:
    """The rows of `query` as native arrays; `columns` gives names and types (`i8`, `f8`, `f4`).

    Raises `ValueError` when a value is null or of another type.
    """
    layout = _layout([np.dtype(kind) for kind in columns.values()])
    statement = f"COPY ({query}) TO STDOUT (FORMAT binary)"
    wrapped = connection.wrap_database_errors
    with connection.cursor() as cursor, wrapped, cursor.copy(statement, params) as copy:
        raw = b"".join(bytes(part) for part in copy)
    body = raw[len(_HEAD) : -len(_TAIL)]
    if len(body) % layout.itemsize:
        raise ValueError("rows of unequal length: a null, or another type")
    rows = np.frombuffer(body, layout)
    found = {}
    for number, (name, kind) in enumerate(columns.items()):
        if not (rows[f"size{number}"] == np.dtype(kind).itemsize).all():
            raise ValueError(f"{name} holds a null, or is of another type")
        found[name] = rows[f"value{number}"].astype(kind)
    return found


def _layout(kinds: Sequence[np.dtype[Any]]) -> np.dtype[Any]:
    fields: list[tuple[str, Any]] = [("count", ">i2")]
    for number, kind in enumerate(kinds):
        fields += [(f"size{number}", ">i4"), (f"value{number}", kind.newbyteorder(">"))]
    return np.dtype(fields)
