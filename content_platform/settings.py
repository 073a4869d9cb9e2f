"""Deployment settings: where things are, read once from the environment (``CONTENT_*``)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Not secrets and not channel config: only what differs between one machine and the next."""

    model_config = SettingsConfigDict(env_prefix="CONTENT_", frozen=True)

    data_dir: Path = Path(".content")
    """Where the embedded database, media, models and scratch files live."""
    database_url: SecretStr | None = None
    """A PostgreSQL server to use instead of the embedded one: postgresql://user:password@host/content."""
    media_url: str | None = None
    """``s3://bucket/prefix``, ``gs://bucket/prefix`` or ``file:///path``; default ``<data_dir>/media``."""
    s3_endpoint_url: str | None = None
    """For S3-compatible servers other than AWS."""
    workers: Annotated[int, Field(ge=1, le=64)] = max(1, min(os.cpu_count() or 1, 8))
    """How many processes drawing and rendering may use at once."""

    catalogue: Path | None = None
    """Hosted models of your own, and other prices, over the shipped catalogue; default
    ``<data_dir>/catalogue.yaml`` when it is there."""
    secrets: tuple[str, ...] = ("env", "file")
    """Where secrets come from, as a JSON list, the first that knows a name wins: ``env``, ``file``,
    ``aws:prefix``, ``gcp:project``."""
    secrets_file: Path | None = None
    """A YAML or ``.env`` file only its owner can read (mode 600)."""

    notify_urls: tuple[SecretStr, ...] = ()
    """Where failures are told, as a JSON list of Apprise URLs: ``["slack://…", "mailto://…"]``."""

    sandbox_seed: int = 1
    """Decides the sandbox's simulated audience: its tastes, its noise, how late its numbers are."""

    media_server_url: str = "http://127.0.0.1:3070"
    """Where ``content-platform dev`` serves media to people; the UI's links point there."""

    @field_validator("data_dir", "catalogue", "secrets_file")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value and value.expanduser().absolute()

    @property
    def embedded_database(self) -> bool:
        """True when the platform runs its own PostgreSQL under ``data_dir``."""
        return self.database_url is None

    @property
    def scratch_dir(self) -> Path:
        """Temporary files; safe to empty when nothing runs."""
        return self.data_dir / "scratch"
