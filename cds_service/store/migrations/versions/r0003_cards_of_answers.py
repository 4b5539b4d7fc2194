"""Which cards an answer held, so that feedback on a card can be led back to what it said."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table, and a column with their number: empty where nobody knows the cards."""
    op.add_column("answers", sa.Column("cards", sa.Integer))
    op.create_table(
        "cards",
        sa.Column("uuid", sa.String(36), primary_key=True),
        sa.Column("answer", sa.BigInteger, nullable=False),
        sa.Column("referral", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("criteria", sa.String(200), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_index("cards_answer", "cards", ["answer"])


def downgrade() -> None:
    """Drop both."""
    op.drop_table("cards")
    op.drop_column("answers", "cards")
