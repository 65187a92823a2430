"""How many questions a person may ask a day."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the number, and how many were asked on the last day of asking."""
    op.add_column("users", sa.Column("daily", sa.Integer(), nullable=True))
    op.add_column("users", sa.Column("asked", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("users", sa.Column("asked_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    for column in ("daily", "asked", "asked_on"):
        op.drop_column("users", column)
