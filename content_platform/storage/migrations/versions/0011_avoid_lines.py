"""Briefs know the first and last sentences their channel told lately"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('briefs', sa.Column('avoid_lines', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False), schema='content')


def downgrade() -> None:
    op.drop_column('briefs', 'avoid_lines', schema='content')
