"""What the public list needs to be found quickly.

The rows are worked out from other tables, so this makes the tables only: `coprod upgrade` fills them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_public_list"
down_revision = "0008_with_families"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _by_bytes(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "listings",
        sa.Column("position", WHOLE, nullable=False, autoincrement=False, comment="its place, A to Z"),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("search_name", _by_bytes(200), nullable=False),
        sa.Column("slug", _by_bytes(120), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("town", sa.String(80), nullable=False),
        sa.Column("town_key", sa.String(80), nullable=False, comment="the town as an address carries it"),
        sa.Column("parent", sa.String(200), nullable=True, comment="the name of the organisation that it belongs to"),
        sa.Column("scheme", sa.String(10), nullable=False),
        sa.Column("value", sa.String(20), nullable=True),
        sa.Column("website", sa.String(300), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("counts_from", sa.Date(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("checked_in_on", sa.Date(), nullable=True),
        sa.Column("level", sa.String(40), nullable=True, comment="of the one award that decides the status"),
        sa.Column("petals", sa.Integer(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("award_ended_as", sa.String(12), nullable=True),
        sa.Column("award_ended_on", sa.Date(), nullable=True),
        sa.Column("commitments", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False, comment="what a search reads, folded, each word once"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_listings_organisation_id_organisations"
        ),
        sa.PrimaryKeyConstraint("position", name="pk_listings"),
        sa.UniqueConstraint("organisation_id", name="uq_listings_organisation_id"),
        sa.UniqueConstraint("slug", name="uq_listings_slug"),
    )
    op.create_index("ix_listings_order", "listings", ["search_name", "slug"], unique=True)
    for name, columns in INDEXES.items():
        op.create_index(name, "listings", columns)
    op.create_table(
        "listed_words",
        sa.Column("trigram", _by_bytes(3), nullable=False),
        sa.Column("word", _by_bytes(60), nullable=False),
        sa.PrimaryKeyConstraint("trigram", "word", name="pk_listed_words"),
    )
    op.create_index("ix_listed_words_word", "listed_words", ["word"])
    for statement in SEARCHED[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE listing_search")
    op.drop_table("listed_words")
    op.drop_table("listings")


INDEXES = {
    "ix_listings_kind": ["kind", "position"],
    "ix_listings_town": ["town_key", "position"],
    "ix_listings_level": ["level", "position"],
    "ix_listings_counted": [
        "position",
        "kind",
        "town",
        "level",
        "counts_from",
        "assessed_on",
        "checked_in_on",
        "valid_to",
        "award_ended_as",
        "award_ended_on",
    ],
}
# Words are folded before, so both databases take them apart at the spaces and do nothing else to them.
SEARCHED = {
    "sqlite": (
        "CREATE VIRTUAL TABLE listing_search USING fts5"
        "(words, content='', contentless_delete=1, tokenize='ascii', prefix='1 2 3 4 5 6 7 8 9 10', detail='none')",
        "CREATE TRIGGER listings_search_insert AFTER INSERT ON listings BEGIN "
        "INSERT INTO listing_search (rowid, words) VALUES (new.position, new.words); END",
        "CREATE TRIGGER listings_search_delete AFTER DELETE ON listings BEGIN "
        "DELETE FROM listing_search WHERE rowid = old.position; END",
        "CREATE TRIGGER listings_search_update AFTER UPDATE OF position, words ON listings BEGIN "
        "DELETE FROM listing_search WHERE rowid = old.position; "
        "INSERT INTO listing_search (rowid, words) VALUES (new.position, new.words); END",
    ),
    "postgresql": (
        "CREATE INDEX ix_listings_words ON listings USING gin (array_to_tsvector(string_to_array(words, ' ')))",
    ),
}
