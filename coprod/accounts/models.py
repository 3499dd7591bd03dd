from datetime import datetime
from uuid import UUID, uuid4

from flask_security import RoleMixin, UserMixin
from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coprod.accounts import acting
from coprod.database import Base, Model, UtcDateTime
from coprod.permissions import Actor, MemberRole
from coprod.web import clock

person_roles = Table(
    "person_roles",
    Base.metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Model, RoleMixin):
    """A part for the whole area, named as in `permissions.AreaRole`."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    description: Mapped[str | None] = mapped_column(String(200))


class Person(Model, UserMixin):
    """Somebody with an account. `fs_uniquifier` ties sessions to them: when it changes, they all end."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)  # type: ignore[assignment]  # not int
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: uuid4().hex)
    parent_carer: Mapped[bool] = mapped_column(default=False, comment="a reviewer who is a parent carer")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    address_proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="opened a link sent to the address")
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="nothing personal is left in this row")

    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]  # the library's is wider
        secondary=person_roles, lazy="selectin"
    )
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="person", lazy="selectin", foreign_keys="Membership.person_id"
    )

    @property
    def person_id(self) -> UUID:
        """Whom this is about, as permissions ask it."""
        return self.id

    @property
    def past_organisations(self) -> frozenset[UUID]:
        """Where this person belonged until less than 24 months ago."""
        return acting.left_lately(self.memberships, now=clock.now())

    @property
    def actor(self) -> Actor:
        """This person as permissions see them, from rows as they stand now."""
        return acting.actor_of(self.id, (role.name for role in self.roles), self.memberships, now=clock.now())


class Membership(Model):
    """A person's part in an organisation: asked for, in force once accepted, ended but remembered."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("role IN ('lead', 'contributor')", name="role_is_known"),
        Index(
            "uq_memberships_open",
            "person_id",
            "organisation_id",
            unique=True,
            sqlite_where=Column("ended_at").is_(None),
            postgresql_where=Column("ended_at").is_(None),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default=MemberRole.CONTRIBUTOR.value)
    note: Mapped[str] = mapped_column(String(300), default="", comment="said when asking to join")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(back_populates="memberships", foreign_keys=[person_id])

    @property
    def in_force(self) -> bool:
        return acting.is_in_force(self)


class Invitation(Model):
    """Somebody is asked in by letter, to an organisation or to a part for the whole area. The link works once."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint(
            "(organisation_id IS NOT NULL AND role IN ('lead', 'contributor'))"
            " OR (organisation_id IS NULL AND role IN ('reviewer', 'lead_reviewer', 'coordinator'))",
            name="role_fits_place",
        ),
        CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name="accepted_or_withdrawn"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(255), index=True, comment="private")
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    parent_carer: Mapped[bool] = mapped_column(default=False, comment="a reviewer who is a parent carer")
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sent_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), comment="whoever sent it last answers for it")
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    sender: Mapped[Person] = relationship(foreign_keys=[sent_by])


class AccountRequest(Model):
    """Somebody typed an e-mail address to make an account: the letter's link works once. Forgotten when it runs out."""

    __tablename__ = "account_requests"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(255), comment="private")
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class TrustedDomain(Model):
    """People with a proved address on this e-mail domain join the organisation without being asked who they are."""

    __tablename__ = "trusted_domains"
    __table_args__ = (UniqueConstraint("organisation_id", "domain"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    domain: Mapped[str] = mapped_column(String(255))
    added_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HandOver(Model):
    """A lead offers their part to a colleague. It moves when the colleague accepts, and not before."""

    __tablename__ = "hand_overs"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="to_somebody_else"),
        Index(
            "uq_hand_overs_open",
            "from_id",
            unique=True,
            sqlite_where=Column("ended_at").is_(None),
            postgresql_where=Column("ended_at").is_(None),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    from_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id"), index=True)
    leaving: Mapped[bool] = mapped_column(comment="whoever hands over leaves, instead of staying as a contributor")
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="accepted, declined or taken back")
    accepted: Mapped[bool] = mapped_column(default=False)

    giver: Mapped[Membership] = relationship(foreign_keys=[from_id])
    taker: Mapped[Membership] = relationship(foreign_keys=[to_id])


class DeploymentFact(Model):
    """Something that is true of this database for as long as it lives, such as that everything in it is invented."""

    __tablename__ = "deployment_facts"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
