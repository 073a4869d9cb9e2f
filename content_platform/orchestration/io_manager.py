"""Records to Postgres and back: the one way assets hand data to each other.

An asset returns a record or a list of records of one type; a parameter annotated with that type
loads it again. The story partition is the key. Where two assets share a table (text and media
verdicts), each says by ``metadata={AMONG: {column: values}}`` which of its rows are its own. Media
never pass through here, only references.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args, get_origin

import dagster as dg

from content_platform.storage.models import Record
from content_platform.storage.records import RecordStore

AMONG = "among"
"""Name of the definition metadata that holds the columns and values of an asset's own rows."""


class RecordIOManager(dg.IOManager):
    """Saves a story's records in one transaction, replacing what an earlier run left."""

    def __init__(self, records: RecordStore) -> None:
        self._records = records

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        if obj is None:
            return
        record_type, many = _record_type(context.dagster_type.typing_type)
        self._records.replace(
            record_type,
            context.partition_key,
            obj if many else [obj],
            among=_own_rows(context.definition_metadata),
        )

    def load_input(self, context: dg.InputContext) -> Any:
        record_type, many = _record_type(context.dagster_type.typing_type)
        if many:
            upstream = context.upstream_output
            own = _own_rows(upstream.definition_metadata if upstream else {})
            return [
                record
                for record in self._records.load(record_type, context.partition_key)
                if all(getattr(record, column) in values for column, values in own.items())
            ]
        return self._records.load_one(record_type, context.partition_key)


def _own_rows(metadata: Mapping[str, Any]) -> dict[str, list[str]]:
    own = metadata.get(AMONG, {})
    return getattr(own, "value", own) or {}


def _record_type(annotation: Any) -> tuple[type[Record], bool]:
    """The record type behind ``Story`` or ``list[Story]``, and whether it is a list."""
    many = get_origin(annotation) is list
    record_type = get_args(annotation)[0] if many else annotation
    if not (isinstance(record_type, type) and issubclass(record_type, Record)):
        raise TypeError(
            f"assets pass records between them: annotate with a Record or list of it, not {annotation!r}"
        )
    return record_type, many
