"""The public list as rows that are ready to be shown: worked out from what other rooms keep, by listings.py alone."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from coprod.database import Model

WHOLE = BigInteger().with_variant(Integer, "sqlite")


def _by_bytes(length: int) -> TypeEngine[str]:
    """Text that both databases put into the same order, whatever the language of the machine."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Listing(Model):
    """One organisation whose signing has not been ended, with everything that a line of the list says.

    Rows stand in the table in the order of the list, so that a page is read from one place of it and a search can
    stop as soon as the page is full.
    """

    __tablename__ = "listings"
    __table_args__ = (
        Index("ix_listings_order", "search_name", "slug", unique=True),
        Index("ix_listings_kind", "kind", "position"),
        Index("ix_listings_town", "town_key", "position"),
        Index("ix_listings_level", "level", "position"),
        Index(  # All that the numbers beside the filters are counted from.
            "ix_listings_counted",
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
        ),
    )

    position: Mapped[int] = mapped_column(WHOLE, primary_key=True, autoincrement=False, comment="its place, A to Z")
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), unique=True)
    search_name: Mapped[str] = mapped_column(_by_bytes(200))
    slug: Mapped[str] = mapped_column(_by_bytes(120), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    town: Mapped[str] = mapped_column(String(80))
    town_key: Mapped[str] = mapped_column(String(80), comment="the town as an address carries it")
    parent: Mapped[str | None] = mapped_column(String(200), comment="the name of the organisation that it belongs to")
    scheme: Mapped[str] = mapped_column(String(10))
    value: Mapped[str | None] = mapped_column(String(20))
    website: Mapped[str] = mapped_column(String(300))
    signed_on: Mapped[date]
    counts_from: Mapped[date]
    assessed_on: Mapped[date | None]
    checked_in_on: Mapped[date | None]
    level: Mapped[str | None] = mapped_column(String(40), comment="of the one award that decides the status")
    petals: Mapped[int | None]
    issued_on: Mapped[date | None]
    valid_to: Mapped[date | None]
    award_ended_as: Mapped[str | None] = mapped_column(String(12))
    award_ended_on: Mapped[date | None]
    commitments: Mapped[int]
    kept: Mapped[int]
    changes: Mapped[int]
    words: Mapped[str] = mapped_column(Text, comment="what a search reads, folded, each word once")


class ListedWord(Model):
    """A word of the list by three letters of it, so that one that is spelt otherwise leads to it."""

    __tablename__ = "listed_words"
    __table_args__ = (Index("ix_listed_words_word", "word"),)

    trigram: Mapped[str] = mapped_column(_by_bytes(3), primary_key=True)
    word: Mapped[str] = mapped_column(_by_bytes(60), primary_key=True)


class ListedNumber(Model):
    """How many signatories are alike in all that can be asked for, on the one day that is kept."""

    __tablename__ = "listed_numbers"

    of: Mapped[str] = mapped_column(String(60), primary_key=True, comment="the days that decided where each one stood")
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    town: Mapped[str] = mapped_column(String(80), primary_key=True)
    level: Mapped[str] = mapped_column(String(40), primary_key=True, comment="of an award in force, or nothing")
    standing: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int]
