"""Dagster's own storage, with the secrets this process was handed blanked in every event.

A last line of defence: errors and metadata reach Dagster clean already. ``dagster.yaml`` names it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dagster import EventLogEntry
from dagster._core.storage.event_log import EventLogStorage
from dagster._serdes import ConfigurableClassData, deserialize_value, serialize_value
from dagster_postgres import DagsterPostgresStorage, PostgresEventLogStorage
from dagster_postgres.utils import pg_url_from_config

from content_platform.security.redaction import blank_values


class CleanEventLogStorage(PostgresEventLogStorage):
    """Events without secrets, in PostgreSQL."""

    def store_event(self, event: EventLogEntry) -> None:
        super().store_event(_clean(event))

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        super().store_event_batch([_clean(event) for event in events])


class CleanPostgresStorage(DagsterPostgresStorage):
    """What ``storage: postgres`` is, with ``CleanEventLogStorage``."""

    def __init__(
        self,
        postgres_url: str,
        should_autocreate_tables: bool = True,
        inst_data: ConfigurableClassData | None = None,
    ) -> None:
        super().__init__(postgres_url, should_autocreate_tables, inst_data)
        # The one it replaces has made the tables already.
        self._clean_events = CleanEventLogStorage(postgres_url, should_autocreate_tables=False)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "CleanPostgresStorage":
        return cls(
            inst_data=inst_data,
            postgres_url=pg_url_from_config(dict(config_value)),
            should_autocreate_tables=config_value.get("should_autocreate_tables", True),
        )

    @property
    def event_log_storage(self) -> EventLogStorage:
        return self._clean_events


def _clean(event: EventLogEntry) -> EventLogEntry:
    text = serialize_value(event)
    clean = blank_values(text)
    return event if clean == text else deserialize_value(clean, EventLogEntry)
