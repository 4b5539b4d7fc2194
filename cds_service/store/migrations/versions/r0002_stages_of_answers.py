"""How long each stage of an answer took."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; of the rows that are there nobody knows."""
    op.add_column("answers", sa.Column("stages", sa.Text))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("answers", "stages")
