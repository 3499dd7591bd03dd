from datetime import datetime, timedelta
from uuid import UUID, uuid4

from flask_security import RoleMixin, UserMixin
from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coprod.database import Base, Model, UtcDateTime
from coprod.permissions import Actor, AreaRole, MemberRole
from coprod.web import clock

# 24 months: a reviewer stays in conflict with where they used to belong.
PAST_MEMBERSHIP = timedelta(days=731)

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

    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]  # the library's is wider
        secondary=person_roles, lazy="selectin"
    )
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="person", lazy="selectin", foreign_keys="Membership.person_id"
    )

    @property
    def actor(self) -> Actor:
        """This person as permissions see them, from rows as they stand now."""
        still_counts = clock.now() - PAST_MEMBERSHIP
        belonged = [m for m in self.memberships if m.accepted_at is not None]
        return Actor(
            person_id=self.id,
            roles=frozenset(AreaRole(role.name) for role in self.roles),
            memberships={m.organisation_id: MemberRole(m.role) for m in self.memberships if m.in_force},
            past=frozenset(m.organisation_id for m in belonged if m.ended_at and m.ended_at > still_counts),
        )


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
        return self.accepted_at is not None and self.ended_at is None


class DeploymentFact(Model):
    """Something that is true of this database for as long as it lives, such as that everything in it is invented."""

    __tablename__ = "deployment_facts"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
