"""Add own pictures and clips, and further thumbnails"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

_MANY = (('briefs', 'own_media'), ('thumbnails', 'alternatives'))


def upgrade() -> None:
    jsonb = postgresql.JSONB(astext_type=sa.Text())
    for table, name in _MANY:
        op.add_column(table, sa.Column(name, jsonb, server_default='[]', nullable=False), schema='content')
    op.add_column('scene_images', sa.Column('clip', jsonb, nullable=True), schema='content')


def downgrade() -> None:
    op.drop_column('scene_images', 'clip', schema='content')
    for table, name in _MANY:
        op.drop_column(table, name, schema='content')
