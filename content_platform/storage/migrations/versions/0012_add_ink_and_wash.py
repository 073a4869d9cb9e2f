"""Add a style: ink and wash"""

from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

_BEFORE = "'storybook-light', 'paper-cut'"


def _allow(styles: str) -> None:
    name = op.f('briefs_style_check')
    op.drop_constraint(name, 'briefs', schema='content', type_='check')
    op.create_check_constraint(name, 'briefs', f"style IN ({styles})", schema='content')


def upgrade() -> None:
    _allow(f"{_BEFORE}, 'ink-and-wash'")


def downgrade() -> None:
    _allow(_BEFORE)
