"""Many new rows at once by COPY: constraints and triggers hold there as ever, signals do not."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.contrib.gis.db.models import GeometryField
from django.db import connection
from django.db.models import Field, JSONField, Model
from psycopg import sql

__all__ = ["copy_new", "update_many"]

_FieldValue = Callable[[Any], Any]
_Row = TypeVar("_Row", bound=Model)


def copy_new(model: type[_Row], objects: Sequence[_Row]) -> None:
    """Insert objects that are not saved yet, giving each its key.

    Several times as fast as `bulk_create`. Every field must hold a plain value, not an expression.
    Raises what `save` would for a row that the database refuses, and then none is there.
    """
    if not objects:
        return
    for row, key in zip(objects, _keys(model, len(objects)), strict=True):
        row.pk = key
        # As `save` does: what a row refers to may have got its key since it was set.
        row._prepare_related_fields_for_save("copy_new")  # type: ignore[attr-defined]
    fields = model._meta.concrete_fields
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields),
    )
    ways = [(field.attname, _way(field)) for field in fields]
    # COPY is psycopg's own: without this its errors would not be Django's.
    wrapped = connection.wrap_database_errors
    with connection.cursor() as cursor, wrapped, cursor.copy(statement) as copy:
        for row in objects:
            copy.write_row([way(getattr(row, name)) for name, way in ways])
    for row in objects:
        row._state.adding, row._state.db = False, connection.alias


def update_many(model: type[_Row], objects: Sequence[_Row], names: Sequence[str]) -> None:
    """Write the fields `names` of objects that are there: COPY to the side, then one UPDATE.

    Several times as fast as `bulk_update`. Raises what `save` would for a row that is refused.
    """
    if not objects:
        return
    wanted = set(names)
    fields = [model._meta.pk, *(one for one in model._meta.concrete_fields if one.name in wanted)]
    columns = [sql.Identifier(str(field.column)) for field in fields]
    table, side = (
        sql.Identifier(model._meta.db_table),
        sql.Identifier(f"{model._meta.db_table}_new"),
    )
    ways = [(field.attname, _way(field)) for field in fields]
    wrapped = connection.wrap_database_errors
    with connection.cursor() as cursor, wrapped:
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} LIMIT 0").format(
                side, sql.SQL(", ").join(columns), table
            )
        )
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(side, sql.SQL(", ").join(columns))
        with cursor.copy(statement) as copy:
            for row in objects:
                copy.write_row([way(getattr(row, name)) for name, way in ways])
        pairs = sql.SQL(", ").join(
            sql.SQL("{} = n.{}").format(column, column) for column in columns[1:]
        )
        cursor.execute(
            sql.SQL("UPDATE {} AS t SET {} FROM {} AS n WHERE t.{} = n.{}").format(
                table, pairs, side, columns[0], columns[0]
            )
        )
        cursor.execute(sql.SQL("DROP TABLE {}").format(side))


def _keys(model: type[Model], count: int) -> list[int]:
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [table, column, count],
        )
        return [key for (key,) in cursor.fetchall()]


def _way(field: Field[Any, Any]) -> _FieldValue:
    if isinstance(field, GeometryField):
        return lambda value: None if value is None else value.hexewkb.decode()
    if isinstance(field, JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    return lambda value: value
