"""What Alembic runs: migrations on the connection, and in the transaction, it was handed."""

from alembic import context
from sqlalchemy.schema import CreateSchema

from content_platform.storage.tables import SCHEMA, metadata

connection = context.config.attributes["connection"]
connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table_schema=SCHEMA,
    include_schemas=True,
    include_name=lambda name, kind, _parents: kind != "schema" or name == SCHEMA,
)
with context.begin_transaction():
    context.run_migrations()
