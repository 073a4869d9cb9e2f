"""Alembic migrations of the ``content`` schema; ``storage.database.upgrade`` runs them."""
