"""``content-platform database upgrade`` and ``content-platform stop``."""

from __future__ import annotations

import typer
from rich.console import Console

from content_platform.errors import BadInput
from content_platform.settings import Settings

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False)


@app.callback()
def _commands() -> None:
    """A group, so that ``upgrade`` stays a word of its own."""


@app.command()
def upgrade() -> None:
    """Bring the tables of CONTENT_DATABASE_URL up to this version (the embedded one does it itself)."""
    from content_platform.storage.database import Database, external_url
    from content_platform.storage.database import upgrade as upgrade_tables

    settings = Settings()
    if settings.database_url is None:
        raise BadInput(
            "CONTENT_DATABASE_URL is not set; the embedded database upgrades itself.",
            remedy="Set it to postgresql://user:password@host:5432/content.",
        )
    database = Database(external_url(settings.database_url.get_secret_value()))
    try:
        done = upgrade_tables(database)
    finally:
        database.close()
    out.print("\n".join(done) if done else "The database is up to date.")


def stop() -> None:
    """Stop the embedded database; the next command starts it again."""
    from content_platform.storage.postgres import EmbeddedPostgres

    stopped = EmbeddedPostgres(Settings().data_dir).stop()
    out.print(
        "The embedded database is stopped." if stopped else "No embedded database is running."
    )
