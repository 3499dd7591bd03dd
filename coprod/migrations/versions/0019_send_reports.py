"""Where an organisation's SEND information report is."""

import sqlalchemy as sa
from alembic import op

revision = "0019_send_reports"
down_revision = "0018_concerns"


def upgrade() -> None:
    """A plain column: the table is not made anew, so nothing that stands on it is lost."""
    where = sa.Column(
        "send_report",
        sa.String(300),
        nullable=False,
        server_default="",
        comment="where its SEND information report is",
    )
    op.add_column("organisations", where)


def downgrade() -> None:
    op.drop_column("organisations", "send_report")
