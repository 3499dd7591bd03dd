"""Who may do what: one table, and the small predicates it is made of. What is not in the table is refused.

An Actor is who is asking; a subject is what they ask about. Rows, cases and frozen values all serve as subjects: a
predicate reads only the attributes that it names.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from coprod.errors import NotAllowed


class AreaRole(StrEnum):
    """A part somebody plays for the whole area."""

    REVIEWER = "reviewer"
    LEAD_REVIEWER = "lead_reviewer"
    COORDINATOR = "coordinator"


class MemberRole(StrEnum):
    """A part somebody plays in one organisation."""

    LEAD = "lead"
    CONTRIBUTOR = "contributor"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking, as far as permissions go. `past` holds organisations they left less than 24 months ago.

    `near` holds, for people with a part in the area, organisations of the same trust or parent as their own.
    """

    person_id: UUID | None = None
    roles: frozenset[AreaRole] = frozenset()
    memberships: Mapping[UUID, MemberRole] = field(default_factory=dict)
    past: frozenset[UUID] = frozenset()
    near: frozenset[UUID] = frozenset()

    @property
    def signed_in(self) -> bool:
        return self.person_id is not None


ANONYMOUS = Actor()
SYSTEM = Actor()  # What time does: expiries and lapses. It never passes `require`; jobs call operations made for it.

Predicate = Callable[[Actor, Any], bool]


class Action(StrEnum):
    """Everything that needs a permission. The words are for the printed table."""

    FIND_ORGANISATION = "find an organisation in the register, and ask to join it"
    ADD_SERVICE = "add a service that has no official number"
    SEE_ORGANISATION = "see an organisation's own pages"
    ACCEPT_MEMBER = "accept or decline somebody who asks to join an organisation, change their part, remove them"
    INVITE_MEMBER = "invite somebody to an organisation"
    TRUST_DOMAIN = "let everybody with a proved address on an e-mail domain join an organisation"
    HAND_OVER = "hand over one's own part as a lead to a colleague"
    TAKE_OVER = "take over from a lead who hands over"
    INVITE_TO_AREA = "invite reviewers, lead reviewers and coordinators"
    LOOK_AFTER_PEOPLE = "see everybody, give and take parts for the area, close and open accounts"
    ERASE_PERSON = "erase what is kept about a person"
    KEEP_OWN_SIGN_IN = "choose how one signs in: password, app, passkeys, recovery codes"
    RESET_SECOND_STEP = "take away a lost second step of signing in, so that its owner sets up a new one"
    RUN_REGISTER = "import organisations and look after the list"
    LINK_SUCCESSOR = "say under which new official number a school goes on"
    START_ASSESSMENT = "start an assessment"
    SEE_ASSESSMENT = "see an assessment before it is moderated"
    ANSWER = "answer questions and attach evidence"
    SUBMIT = "submit an assessment"
    WITHDRAW_ASSESSMENT = "withdraw an assessment"
    SEE_RESULT = "see the result of moderation"
    ACCEPT_RESULT = "accept a provisional result"
    RECORD_CHANGE = "write a change record"
    ASK_FAMILIES = "make a link for families to confirm a change record"
    PUBLISH_CHANGE = "make a change record public"
    TAKE_DOWN_CHANGE = "take a public change record down, with a reason"
    SIGN_CHARTER = "sign the charter"
    ASK_SIGNATORY = "fill the charter in for somebody else to sign"
    SEE_WAITING = "see which sign-ups wait for the area"
    APPROVE_SIGNING = "approve a sign-up, or put it on hold with a reason"
    WITHDRAW_SIGN_UP = "withdraw from the charter"
    KEEP_COMMITMENT = "mark a commitment as kept"
    LINK_SEND_REPORT = "link an organisation's SEND information report from its public page"
    SEE_QUEUE = "see which cases wait for a reviewer"
    PRACTISE = "practise on invented answers"
    ALLOCATE = "ask a reviewer to take a case"
    WAIVE_CONFLICT = "let somebody take part in spite of a conflict, with a reason"
    HAND_BACK = "hand a case back"
    CARE_FOR_ONESELF = "take a break from reviewing, and note the time it took"
    SEE_AGREEMENT = "see how far reviewers agree, question by question"
    DECLARE = "declare a conflict, or none, with a case"
    JUDGE = "see a case and rate its answers"
    READ_EVIDENCE = "open the evidence of a case"
    REPORT_PERSONAL_DATA = "have evidence shut away because it shows personal data"
    SETTLE = "settle what two reviewers rated differently"
    PANEL = "sign off the highest level for the panel"
    ASK_FOR_MORE = "ask for more evidence about some answers of a case, once"
    SEND_MORE = "send back to the reviewers what they asked for"
    REPLY = "reply to a provisional result, and appeal"
    DECIDE_REPLY = "decide what an organisation disagrees with in its result"
    DECIDE_APPEAL = "decide an appeal, together with somebody from outside the area"
    SEE_ALERTS = "see what looks like guessing at passwords"
    SEE_PROGRESS = "see how far each organisation has got"
    RUN_MAIL = "see which letters are stuck, and try them again"
    SEE_WORKINGS = "see whether everything works: letters, jobs, storage, backups"
    REVOKE_CERTIFICATE = "take back a certificate, with a reason"
    SEE_CONCERNS = "see the list of what people report about signatories"
    LOOK_INTO_CONCERN = "read what somebody reported about a signatory, and close it with a note"
    SET_MAILBOX = "choose an organisation's shared mailbox"
    TAKE_ALL_DATA = "download everything that is kept of an organisation"


def anyone_signed_in(actor: Actor, _subject: Any) -> bool:
    return actor.signed_in


def oneself(actor: Actor, subject: Any) -> bool:
    """The person that the subject is about."""
    return actor.signed_in and getattr(subject, "person_id", None) == actor.person_id


def member(actor: Actor, subject: Any) -> bool:
    """A lead or contributor of the organisation that the subject belongs to."""
    return _part(actor, subject) is not None


def lead(actor: Actor, subject: Any) -> bool:
    return _part(actor, subject) is MemberRole.LEAD


def lead_of_its_trust(actor: Actor, subject: Any) -> bool:
    """A lead of the trust that a school belongs to, or of the body that runs a service."""
    return any(actor.memberships.get(trust) is MemberRole.LEAD for trust in getattr(subject, "trust_ids", ()))


def coordinator(actor: Actor, _subject: Any) -> bool:
    return AreaRole.COORDINATOR in actor.roles


def reviewer(actor: Actor, _subject: Any) -> bool:
    return bool(actor.roles & {AreaRole.REVIEWER, AreaRole.LEAD_REVIEWER})


def independent(actor: Actor, case: Any) -> bool:
    """Nobody moderates an organisation they belong to. Nor one that they left within 24 months, one of the same trust
    or parent as theirs, or one that they declared a conflict with, unless the coordinator waived it with a reason.
    """
    if case is None or case.organisation_id in actor.memberships:
        return False
    found = case.organisation_id in actor.past | actor.near or actor.person_id in case.conflicted_ids
    return not found or actor.person_id in case.waived_ids


def may_declare(actor: Actor, case: Any) -> bool:
    return reviewer(actor, case) and independent(actor, case)


def seated(actor: Actor, case: Any) -> bool:
    """A reviewer who holds a seat in this case, and is still independent of it."""
    return may_declare(actor, case) and actor.person_id in case.reviewer_ids


def lead_reviewer(actor: Actor, case: Any) -> bool:
    return AreaRole.LEAD_REVIEWER in actor.roles and independent(actor, case)


def took_no_part(actor: Actor, case: Any) -> bool:
    """A reviewer who neither rated, settled, signed nor gave anything in this case, and is independent of it."""
    return may_declare(actor, case) and actor.person_id not in case.took_part_ids


def decides_now(actor: Actor, case: Any) -> bool:
    """A reviewer who took no part, while a reply or an appeal waits to be decided."""
    return took_no_part(actor, case) and case.contested is not None


def lead_who_took_no_part(actor: Actor, case: Any) -> bool:
    return lead_reviewer(actor, case) and took_no_part(actor, case)


def leads_reviewers(actor: Actor, _subject: Any) -> bool:
    """A lead reviewer, whatever it is about."""
    return AreaRole.LEAD_REVIEWER in actor.roles


def independent_coordinator(actor: Actor, case: Any) -> bool:
    """The coordinator, but not for an organisation that they belong to, left within 24 months, or that is near it."""
    own = {*actor.memberships, *actor.past, *actor.near}
    return coordinator(actor, case) and case is not None and case.organisation_id not in own


def either(*predicates: Predicate) -> Predicate:
    def holds(actor: Actor, subject: Any) -> bool:
        return any(predicate(actor, subject) for predicate in predicates)

    holds.__name__ = " or ".join(predicate.__name__ for predicate in predicates)
    return holds


POLICY: Mapping[Action, Predicate] = {
    Action.FIND_ORGANISATION: anyone_signed_in,
    Action.ADD_SERVICE: coordinator,
    Action.SEE_ORGANISATION: member,
    Action.ACCEPT_MEMBER: either(lead, coordinator),
    Action.INVITE_MEMBER: either(lead, coordinator),
    Action.TRUST_DOMAIN: either(lead, coordinator),
    Action.HAND_OVER: lead,
    Action.TAKE_OVER: member,
    Action.INVITE_TO_AREA: coordinator,
    Action.LOOK_AFTER_PEOPLE: coordinator,
    Action.ERASE_PERSON: either(oneself, coordinator),
    Action.KEEP_OWN_SIGN_IN: oneself,
    Action.RESET_SECOND_STEP: coordinator,
    Action.RUN_REGISTER: coordinator,
    Action.LINK_SUCCESSOR: coordinator,
    Action.START_ASSESSMENT: lead,
    Action.SEE_ASSESSMENT: member,
    Action.ANSWER: member,
    Action.SUBMIT: lead,
    Action.WITHDRAW_ASSESSMENT: lead,
    Action.SEE_RESULT: member,
    Action.ACCEPT_RESULT: lead,
    Action.RECORD_CHANGE: member,
    Action.ASK_FAMILIES: member,
    Action.PUBLISH_CHANGE: lead,
    Action.TAKE_DOWN_CHANGE: either(reviewer, coordinator),
    Action.SIGN_CHARTER: lead,
    Action.ASK_SIGNATORY: either(lead, lead_of_its_trust),
    Action.SEE_WAITING: coordinator,
    Action.APPROVE_SIGNING: independent_coordinator,
    Action.WITHDRAW_SIGN_UP: lead,
    Action.KEEP_COMMITMENT: lead,
    Action.LINK_SEND_REPORT: lead,
    Action.SEE_QUEUE: reviewer,
    Action.PRACTISE: reviewer,
    Action.ALLOCATE: either(lead_reviewer, independent_coordinator),
    Action.WAIVE_CONFLICT: independent_coordinator,
    Action.HAND_BACK: seated,
    Action.CARE_FOR_ONESELF: reviewer,
    Action.SEE_AGREEMENT: either(leads_reviewers, coordinator),
    Action.DECLARE: may_declare,
    Action.JUDGE: seated,
    Action.READ_EVIDENCE: either(seated, lead_reviewer, decides_now),
    Action.REPORT_PERSONAL_DATA: either(seated, lead_reviewer, decides_now),
    Action.SETTLE: either(seated, lead_reviewer),
    Action.PANEL: lead_reviewer,
    Action.ASK_FOR_MORE: seated,
    Action.SEND_MORE: lead,
    Action.REPLY: lead,
    Action.DECIDE_REPLY: took_no_part,
    Action.DECIDE_APPEAL: lead_who_took_no_part,
    Action.SEE_ALERTS: coordinator,
    Action.SEE_PROGRESS: coordinator,
    Action.RUN_MAIL: coordinator,
    Action.SEE_WORKINGS: coordinator,
    Action.REVOKE_CERTIFICATE: coordinator,
    Action.SEE_CONCERNS: coordinator,
    Action.LOOK_INTO_CONCERN: independent_coordinator,
    Action.SET_MAILBOX: lead,
    Action.TAKE_ALL_DATA: lead,
}


# How the printed table says who may.
WHO: Mapping[str, str] = {
    "anyone_signed_in": "everybody who is signed in",
    "oneself": "the person themselves",
    "member": "the organisation's own leads and contributors",
    "lead": "the organisation's own leads",
    "lead_of_its_trust": "leads of the trust that a school belongs to",
    "coordinator": "coordinators",
    "reviewer": "reviewers and lead reviewers",
    "may_declare": "reviewers and lead reviewers, but not where they belong, belonged in the last 24 months, "
    "or have a conflict",
    "seated": "reviewers who hold a place in that case and have no conflict",
    "took_no_part": "reviewers and lead reviewers who took no part in that case and have no conflict",
    "decides_now": "reviewers who took no part, while a reply or an appeal waits to be decided",
    "lead_who_took_no_part": "lead reviewers who took no part in that case and have no conflict",
    "leads_reviewers": "lead reviewers",
    "independent_coordinator": "coordinators, but not where they belong, belonged in the last 24 months, or near it",
    "lead_reviewer": "lead reviewers, but not where they belong, belonged in the last 24 months, or have a conflict",
}


def who_may(action: Action) -> str:
    """Who may do `action`, in words, from the table itself."""
    rule = POLICY.get(action)
    return "; ".join(WHO[name] for name in rule.__name__.split(" or ")) if rule else "nobody"


def can(actor: Actor, action: Action, subject: Any = None) -> bool:
    """True where the table lets `actor` do `action` to `subject`. An action without a row is refused."""
    rule = POLICY.get(action)
    return rule is not None and rule(actor, subject)


def require(actor: Actor, action: Action, subject: Any = None) -> None:
    """Raises NotAllowed unless the table lets `actor` do `action` to `subject`."""
    if not can(actor, action, subject):
        raise NotAllowed


def open_actions(actor: Actor, subject: Any, actions: Iterable[Action]) -> frozenset[Action]:
    """Those of `actions` that `actor` may do to `subject`: what a page offers."""
    return frozenset(action for action in actions if can(actor, action, subject))


def _part(actor: Actor, subject: Any) -> MemberRole | None:
    organisation_id: UUID | None = getattr(subject, "organisation_id", None)
    return actor.memberships.get(organisation_id) if organisation_id else None
