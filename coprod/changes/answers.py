"""WRITES: asking families about a record, and their answers. No operation takes an answer away."""

import secrets
from datetime import datetime

from sqlalchemy import select

from coprod import history
from coprod.changes import queries, rules
from coprod.changes.confirming import ADDRESS_KEPT, LINK_LIFE, LONGEST_COMMENT, MOST_OPEN_LINKS, Answer, LinkState
from coprod.changes.groups import Group
from coprod.changes.guards import lock, looked_over
from coprod.changes.models import ChangeRecord, Confirmation, ConfirmationLink
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from coprod.permissions import ANONYMOUS, Action, Actor, member, require
from coprod.phrases import N_, Phrase
from coprod.web.formatting import joined

SECRET_BYTES = 32
AT_ONCE = 500


class LinkClosed(WrongState):
    """The private link was used, withdrawn, or has expired."""

    def __init__(self, state: LinkState) -> None:
        super().__init__(N_("This link no longer works."))
        self.state = state


def make_link(
    record: ChangeRecord, *, actor: Actor, now: datetime, visitor: str | None = None
) -> tuple[ConfirmationLink, str]:
    """A member makes a private link for one family. The secret is answered here once; only its hash is kept.

    `visitor` stands for the internet address that they make it from.
    """
    require(actor, Action.ASK_FAMILIES, record)
    lock(record)
    lacking = rules.missing_to_ask(record.facts)
    if lacking:
        raise WrongState(Phrase("Before you ask families, write down {lacking}.", lacking=joined(lacking)))
    waiting = sum(link.state(now) is LinkState.OPEN for link in record.links)
    if waiting >= MOST_OPEN_LINKS:
        raise WrongState(
            Phrase(
                "This record has {most} links that wait for an answer. Withdraw those you will not use first.",
                most=MOST_OPEN_LINKS,
            )
        )
    secret = secrets.token_urlsafe(SECRET_BYTES)
    link = ConfirmationLink(
        change=record,
        secret_hash=queries.hash_of(secret),
        made_by=actor.person_id,
        made_at=now,
        expires_at=now + LINK_LIFE,
        made_from=visitor,
    )
    db.session.add(link)
    history.record("change.link_made", link, actor=actor, now=now, change=str(record.id))
    return link, secret


def withdraw_link(link: ConfirmationLink, *, actor: Actor, now: datetime) -> None:
    """A member takes back a link that nobody has used. An answer that was given can't be taken back."""
    require(actor, Action.ASK_FAMILIES, link)
    lock(link)
    state = link.state(now)
    if state is LinkState.USED:
        raise WrongState(N_("A family has answered with this link, so it can't be withdrawn. Their answer stays."))
    if state is LinkState.WITHDRAWN:
        raise WrongState(N_("This link was withdrawn already."))
    link.withdrawn_at = now
    history.record("change.link_withdrawn", link, actor=actor, now=now, change=str(link.change_id))


def confirm(
    secret: str,
    *,
    answer: Answer | str,
    group: Group | str,
    comment: str,
    comment_shared: bool,
    looked: bool = False,
    now: datetime,
    wording: int | None = None,
    actor: Actor = ANONYMOUS,
    visitor: str | None = None,
) -> Confirmation:
    """Somebody of the families answers, once for each link, with no account and no name.

    `wording` is the one that they read: where it was changed meanwhile, Stale asks them to read again. People of the
    organisation itself can't answer. `visitor` stands for the internet address that it comes from: what is odd about
    it is noted for reviewers, and keeps no answer out. `looked`: they have looked at what seems to be personal data in
    the comment, and want to send it as it is.
    """
    _check_answer(answer, group, comment, looked=looked, now=now)
    link = _open_link(secret, actor, now)
    record = link.change
    if wording not in {None, record.wording}:
        raise Stale(N_("The words were changed while you had them open. Read them again, then answer."))
    link.used_at = now
    confirmation = Confirmation(
        change=record,
        link_id=link.id,
        change_revision=record.wording,
        answer=Answer(answer).value,
        group=Group(group).value,
        comment=comment,
        comment_shared=comment_shared and bool(comment),
        answered_at=now,
        visitor=visitor,
        repeated=queries.has_answered(record.organisation_id, visitor),
        near=queries.makes_links(record.organisation_id, visitor),
    )
    db.session.add(confirmation)
    where = record.organisation_id
    history.record(
        "change.confirmed", confirmation, actor=ANONYMOUS, now=now, organisation_id=where, change=str(record.id)
    )
    return confirmation


def empty_comment(confirmation: Confirmation, *, case: object, actor: Actor, now: datetime) -> None:
    """A reviewer saw personal data in a comment: its words go, for everybody and for ever. The answer stays."""
    require(actor, Action.REPORT_PERSONAL_DATA, case)
    if confirmation.change.organisation_id != getattr(case, "organisation_id", None):
        raise NotFound
    if confirmation.comment:
        confirmation.comment = ""
        where = confirmation.change.organisation_id
        history.record("change.comment_emptied", confirmation, actor=actor, now=now, organisation_id=where)


def forget_addresses(*, now: datetime) -> int:
    """Forget scrambled addresses of answers and of links that are older than 30 days, a batch at a time; how many."""
    before = now - ADDRESS_KEPT
    answers = select(Confirmation).where(Confirmation.visitor.is_not(None), Confirmation.answered_at <= before)
    links = select(ConfirmationLink).where(ConfirmationLink.made_from.is_not(None), ConfirmationLink.made_at <= before)
    given = db.session.scalars(answers.order_by(Confirmation.answered_at, Confirmation.id).limit(AT_ONCE)).all()
    made = db.session.scalars(links.order_by(ConfirmationLink.made_at, ConfirmationLink.id).limit(AT_ONCE)).all()
    for confirmation in given:
        confirmation.visitor = None
    for link in made:
        link.made_from = None
    return len(given) + len(made)


def _open_link(secret: str, actor: Actor, now: datetime) -> ConfirmationLink:
    """The link that this secret opens, while it works and where a family asks."""
    link = queries.link_of(secret)
    if link is None:
        raise NotFound
    lock(link)
    if member(actor, link):
        raise NotAllowed(N_("Only families can answer this. You are signed in as somebody of the organisation."))
    if link.state(now) is not LinkState.OPEN:
        raise LinkClosed(link.state(now))
    return link


def _check_answer(answer: str, group: str, comment: str, *, looked: bool, now: datetime) -> None:
    if answer not in set(Answer):
        raise Invalid(N_("Choose yes, partly or no"), field="answer")
    if group not in set(Group):
        raise Invalid(N_("Choose who you are"), field="group")
    if len(comment) > LONGEST_COMMENT:
        raise Invalid(Phrase("Use {most:,} characters or fewer", most=LONGEST_COMMENT), field="comment")
    looked_over([(N_("your comment"), comment)], looked=looked, now=now)
