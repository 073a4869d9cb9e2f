"""Saving and loading records: one row per record, one column per field.

Belongs here: the way from a record to its row and back, for every record class alike. Queries
that only one room needs belong to that room.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Connection, Select, Table, delete, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import DataError, IntegrityError

from content_platform.errors import BadInput, DefectiveMedia, NotFound
from content_platform.storage.database import Database
from content_platform.storage.models import Record
from content_platform.storage.tables import SCHEMA, metadata, stories

RecordT = TypeVar("RecordT", bound=Record)


class RecordStore:
    """Records in Postgres, found by their natural keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(
        self,
        record_type: type[RecordT],
        story_id: str,
        records: Sequence[RecordT],
        *,
        among: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Make ``records`` all that the story has of this type, in one transaction.

        Rows with a key among them are updated, others of the story are removed; with ``among``
        (column to values) only those whose columns have one of the values. Raises BadInput for a
        record of another type or story, one outside ``among``, two with one key, or a value
        PostgreSQL cannot hold; NotFound when the story is not registered. Nothing is half-written.
        """
        table = _table(record_type)
        if "story_id" not in table.c:
            raise BadInput(f"{record_type.__name__} does not belong to a story; use put().")
        for record in records:
            if not isinstance(record, record_type):
                raise BadInput(
                    f"A {type(record).__name__} is among the {record_type.__name__} records of {story_id}."
                )
            for column, values in (among or {}).items():
                if getattr(record, column) not in values:
                    raise BadInput(
                        f"{_named(record)} has the {column} {getattr(record, column)!r}, "
                        f"not one of {', '.join(values)}."
                    )
            if _key(record)[0] != story_id:
                raise BadInput(
                    f"{_named(record)} is among the records of story {story_id}; nothing was saved."
                )
        keys = [_key(record) for record in records]
        if len(set(keys)) != len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise BadInput(f"Two {record_type.__name__} records have the key {twice}.")
        rows = [to_row(record) for record in records]
        with self._database.transaction() as connection:
            # One writer per story at a time, so that two runs leave one run's rows, not a mixture.
            if table is not stories:
                _lock_story(connection, story_id)
            stale = delete(table).where(table.c.story_id == story_id)
            for column, values in (among or {}).items():
                stale = stale.where(table.c[column].in_(values))
            if keys:
                key_columns = tuple_(*(table.c[name] for name in record_type.key))
                stale = stale.where(key_columns.not_in(keys))
            connection.execute(stale)
            _upsert(connection, record_type, rows)

    def put(self, record: Record) -> None:
        """Save one record: a new row, or a new state of the row with its key.

        Raises BadInput for a value PostgreSQL cannot hold and for an append-only record whose key
        exists, NotFound when what it refers to is not there (its story, its config version).
        """
        with self._database.transaction() as connection:
            _upsert(connection, type(record), [to_row(record)])

    def load(self, record_type: type[RecordT], story_id: str) -> list[RecordT]:
        """All records of this type the story has, ordered by key; may be empty."""
        return self.find(record_type, story_id=story_id)

    def load_one(self, record_type: type[RecordT], story_id: str) -> RecordT:
        """The one record of this type the story has.

        Raises NotFound when there is none, BadInput when there is more than one.
        """
        found = self.load(record_type, story_id)
        if not found:
            raise NotFound(
                f"Story {story_id} has no {record_type.__name__} yet.",
                remedy=f"Run 'content-platform story retry {story_id}'.",
            )
        if len(found) > 1:
            raise BadInput(
                f"Story {story_id} has {len(found)} {record_type.__name__} records, not one."
            )
        return found[0]

    def find(self, record_type: type[RecordT], **columns: object) -> list[RecordT]:
        """All records of this type whose columns have the given values, ordered by key.

        Raises BadInput for a column the table does not have.
        """
        table = _table(record_type)
        query: Select[Any] = select(table)
        for name, value in columns.items():
            if name not in table.c:
                raise BadInput(f"{record_type.__name__} has no column {name!r}.")
            query = query.where(table.c[name] == value)
        with self._database.transaction() as connection:
            rows = connection.execute(query).mappings().all()
        found = [from_row(record_type, dict(row)) for row in rows]
        return sorted(found, key=_key)  # not in SQL: an external server's collation may differ


def to_row(record: Record) -> dict[str, Any]:
    """The record's column values. Raises BadInput for what PostgreSQL would refuse or change."""
    as_json = record.model_dump(mode="json")
    row: dict[str, Any] = {}
    for column in _table(type(record)).columns:
        name = column.name
        row[name] = as_json[name] if isinstance(column.type, JSONB) else getattr(record, name)
        if isinstance(row[name], datetime) and row[name].tzinfo is None:
            raise BadInput(
                f"{_named(record)}: {name} has no time zone.", remedy="Use UTC-aware times."
            )
        if why := _unfit(row[name]):
            raise BadInput(f"{_named(record)}: {name} holds {why}, which cannot be stored.")
    return row


def from_row(record_type: type[RecordT], row: dict[str, Any]) -> RecordT:
    """Make a record of a row. Raises DefectiveMedia naming the row when it does not fit the class."""
    try:
        return record_type.model_validate(row)
    except ValidationError as error:
        key = ", ".join(str(row.get(name)) for name in record_type.key)
        raise DefectiveMedia(
            f"The row ({key}) of {SCHEMA}.{record_type.table} is not a {record_type.__name__}: {error}",
            remedy="Make the story again, or restore the row from a backup.",
        ) from error


def _table(record_type: type[Record]) -> Table:
    return metadata.tables[f"{SCHEMA}.{record_type.table}"]


def _key(record: Record) -> tuple[Any, ...]:
    return tuple(getattr(record, name) for name in record.key)


def _named(record: Record) -> str:
    return f"{type(record).__name__} ({', '.join(str(part) for part in _key(record))})"


def _unfit(value: object) -> str:
    """What in ``value`` PostgreSQL's text and jsonb cannot hold; empty when nothing."""
    if isinstance(value, str):
        if "\0" in value:
            return "a NUL character"
        if any("\ud800" <= character <= "\udfff" for character in value):
            return "half a surrogate pair"
    elif isinstance(value, float):
        if not math.isfinite(value):
            return f"the number {value}"
    elif isinstance(value, dict):
        return next((why for pair in value.items() for part in pair if (why := _unfit(part))), "")
    elif isinstance(value, list):
        return next((why for part in value if (why := _unfit(part))), "")
    return ""


def _lock_story(connection: Connection, story_id: str) -> None:
    lock = select(stories.c.story_id).where(stories.c.story_id == story_id)
    if connection.scalar(lock.with_for_update(key_share=True)) is None:
        raise NotFound(
            f"Story {story_id} is not registered.",
            remedy="Run 'content-platform story list' to see which are.",
        )


def _upsert(connection: Connection, record_type: type[Record], rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    table = _table(record_type)
    statement = insert(table)
    if not record_type.append_only:
        statement = statement.on_conflict_do_update(
            index_elements=list(record_type.key),
            set_={n: statement.excluded[n] for n in rows[0] if n not in record_type.key},
        )
    try:
        connection.execute(statement, rows)
    except IntegrityError as error:
        detail = getattr(getattr(error.orig, "diag", None), "message_detail", None) or error.orig
        named = (
            f"{record_type.__name__} ({', '.join(str(rows[0][name]) for name in record_type.key)})"
        )
        if getattr(error.orig, "sqlstate", "") == "23503":
            raise NotFound(f"{named} refers to what is not there: {detail}") from error
        raise BadInput(f"{named} was refused: {detail}") from error
    except DataError as error:
        raise BadInput(f"A {record_type.__name__} was refused: {error.orig}") from error
