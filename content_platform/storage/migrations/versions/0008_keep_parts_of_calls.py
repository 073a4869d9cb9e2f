"""Keep parts of calls, and what deferred stories wait for"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('provider_parts',
    sa.Column('part', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('call_key', sa.Text(), nullable=False),
    sa.Column('attempt_number', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('media', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('cost_usd', sa.Numeric(precision=14, scale=6), nullable=False),
    sa.Column('forgotten', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['call_key', 'attempt_number'], ['content.provider_attempts.call_key', 'content.provider_attempts.number'], name=op.f('provider_parts_call_key_attempt_number_fkey')),
    sa.PrimaryKeyConstraint('part', name=op.f('provider_parts_pkey')),
    schema='content',
    comment='What a vendor gave for a call before the whole answer was there, such as one picture of several, or the number of an order: nobody pays for it again. Append-only; the newest of a name holds.'
    )
    op.create_index(op.f('provider_parts_call_key_attempt_number_idx'), 'provider_parts', ['call_key', 'attempt_number'], unique=False, schema='content')
    op.add_column('stories', sa.Column('waits_for', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='The call that no budget had room for.'), schema='content')


def downgrade() -> None:
    op.drop_column('stories', 'waits_for', schema='content')
    op.drop_index(op.f('provider_parts_call_key_attempt_number_idx'), table_name='provider_parts', schema='content')
    op.drop_table('provider_parts', schema='content')
