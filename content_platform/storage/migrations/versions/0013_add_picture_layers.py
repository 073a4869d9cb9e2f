"""Add pictures taken apart for parallax"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    layers = sa.Column('layers', postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    op.add_column('scene_images', layers, schema='content')


def downgrade() -> None:
    op.drop_column('scene_images', 'layers', schema='content')
