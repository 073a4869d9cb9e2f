"""For developers: write the migration that brings the newest version to ``storage/tables.py``.

    python -m content_platform.storage.migrations "Add uploads"

Works on a throwaway database; read what it wrote, and set ``HEAD`` in ``storage/database.py``.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from content_platform.storage.database import Database, alembic_config, upgrade
from content_platform.storage.postgres import EmbeddedPostgres


def write_revision(message: str) -> None:
    """Compare the migrated schema with the tables and write the next numbered version."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder))
        database = Database(server.content_url)
        try:
            upgrade(database)
            with database.transaction() as connection:
                config = alembic_config(connection)
                number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
                command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
        finally:
            database.close()
            server.stop()


if __name__ == "__main__":
    write_revision(" ".join(sys.argv[1:]) or sys.exit(__doc__ or ""))
