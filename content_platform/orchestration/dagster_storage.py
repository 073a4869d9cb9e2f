"""Dagster's own storage on PostgreSQL: without secrets, and on connections that stay open.

Every event is written with the secrets this process was handed blanked: a last line of defence, errors
and metadata reach Dagster clean already. ``dagster.yaml`` names this storage.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dagster import EventLogEntry
from dagster._core.storage.event_log import EventLogStorage
from dagster._serdes import ConfigurableClassData, deserialize_value, serialize_value
from dagster_postgres import DagsterPostgresStorage, PostgresEventLogStorage
from dagster_postgres.utils import pg_url_from_config
from sqlalchemy import Engine, create_engine

from content_platform.security.redaction import blank_values


class CleanEventLogStorage(PostgresEventLogStorage):
    """Events without secrets, in PostgreSQL."""

    def use(self, engine: Engine) -> None:
        """Ask through ``engine`` from now on; it is closed with this storage."""
        self._engine = engine

    def dispose(self) -> None:
        super().dispose()
        self._engine.dispose()

    def store_event(self, event: EventLogEntry) -> None:
        super().store_event(_clean(event))

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        super().store_event_batch([_clean(event) for event in events])


class CleanPostgresStorage(DagsterPostgresStorage):
    """What ``storage: postgres`` is, with ``CleanEventLogStorage``, and a few connections for all of it.

    Dagster's own opens a connection for each question, of which a story's run asks five hundred: each
    costs a new server process and more time than its answer.
    """

    def __init__(
        self,
        postgres_url: str,
        should_autocreate_tables: bool = True,
        inst_data: ConfigurableClassData | None = None,
    ) -> None:
        super().__init__(postgres_url, should_autocreate_tables, inst_data)
        # The one it replaces has made the tables already.
        self._clean_events = CleanEventLogStorage(postgres_url, should_autocreate_tables=False)
        engine = create_engine(
            postgres_url,
            isolation_level="AUTOCOMMIT",
            pool_size=2,
            max_overflow=-1,  # as many as ask at once; no more than two stay
            pool_use_lifo=True,
            pool_pre_ping=True,  # the server may have been started anew in between
        )
        self._clean_events.use(engine)
        self._run_storage._engine = engine
        self._schedule_storage._engine = engine

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
