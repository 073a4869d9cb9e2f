"""Let analysts read the analytics schema and nothing else"""

from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A role belongs to the whole server: another database of ours may have made it, and an
    # outside server's administrator may keep roles to themselves.
    op.execute("""
        DO $$
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'analyst') THEN
                CREATE ROLE analyst NOLOGIN;
            END IF;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE NOTICE 'no right to create the role analyst; make it and run dbt once more';
        END $$
    """)
    op.execute("CREATE SCHEMA IF NOT EXISTS analytics")
    op.execute("""
        DO $$
        BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'analyst') THEN
                GRANT USAGE ON SCHEMA analytics TO analyst;
                GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO analyst;
                ALTER DEFAULT PRIVILEGES IN SCHEMA analytics GRANT SELECT ON TABLES TO analyst;
            END IF;
        END $$
    """)


def downgrade() -> None:
    # Everything in it can be built again. The role stays: other databases may use it.
    op.execute("DROP SCHEMA analytics CASCADE")
