"""Used tokens, and one row per answer."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "seen_tokens",
        sa.Column("token_key", sa.String(64), primary_key=True),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("seen_tokens_expires_at", "seen_tokens", ["expires_at"])
    op.create_table(
        "answers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("answered_at", sa.BigInteger, nullable=False),
        sa.Column("trace", sa.String(32), nullable=False),
        sa.Column("client", sa.String(200), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("milliseconds", sa.Integer, nullable=False),
        sa.Column("user_key", sa.String(64)),
        sa.Column("patient_key", sa.String(64)),
        sa.Column("instance_key", sa.String(64)),
        sa.Column("referrals", sa.Text, nullable=False),
    )
    op.create_index("answers_answered_at", "answers", ["answered_at"])
    op.create_index("answers_patient_key", "answers", ["patient_key"])


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("answers")
    op.drop_table("seen_tokens")
