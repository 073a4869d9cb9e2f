"""Add five genres: horror-lite, science-fiction, fable, historical, comedy"""

from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

_TABLES = ('briefs', 'story_texts')
_BEFORE = "'mystery', 'fantasy', 'heartwarming'"
_ADDED = "'horror-lite', 'science-fiction', 'fable', 'historical', 'comedy'"


def _allow(genres: str) -> None:
    for table in _TABLES:
        name = op.f(f'{table}_genre_check')
        op.drop_constraint(name, table, schema='content', type_='check')
        op.create_check_constraint(name, table, f"genre IN ({genres})", schema='content')


def upgrade() -> None:
    _allow(f'{_BEFORE}, {_ADDED}')


def downgrade() -> None:
    _allow(_BEFORE)
