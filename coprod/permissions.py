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
from coprod.phrases import N_, Phrases


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

    FIND_ORGANISATION = N_("find an organisation in the register, and ask to join it")
    ADD_SERVICE = N_("add a service that has no official number")
    SEE_ORGANISATION = N_("see an organisation's own pages")
    ACCEPT_MEMBER = N_("accept or decline somebody who asks to join an organisation, change their part, remove them")
    INVITE_MEMBER = N_("invite somebody to an organisation")
    TRUST_DOMAIN = N_("let everybody with a proved address on an e-mail domain join an organisation")
    HAND_OVER = N_("hand over one's own part as a lead to a colleague")
    TAKE_OVER = N_("take over from a lead who hands over")
    INVITE_TO_AREA = N_("invite reviewers, lead reviewers and coordinators")
    LOOK_AFTER_PEOPLE = N_("see everybody, give and take parts for the area, close and open accounts")
    ERASE_PERSON = N_("erase what is kept about a person")
    KEEP_OWN_SIGN_IN = N_("choose how one signs in: password, app, passkeys, recovery codes")
    RESET_SECOND_STEP = N_("take away a lost second step of signing in, so that its owner sets up a new one")
    RUN_REGISTER = N_("import organisations and look after the list")
    LINK_SUCCESSOR = N_("say under which new official number a school goes on")
    START_ASSESSMENT = N_("start an assessment")
    SEE_ASSESSMENT = N_("see an assessment before it is moderated")
    ANSWER = N_("answer questions and attach evidence")
    SUBMIT = N_("submit an assessment")
    WITHDRAW_ASSESSMENT = N_("withdraw an assessment")
    SEE_RESULT = N_("see the result of moderation")
    ACCEPT_RESULT = N_("accept a provisional result")
    RECORD_CHANGE = N_("write a change record")
    ASK_FAMILIES = N_("make a link for families to confirm a change record")
    PUBLISH_CHANGE = N_("make a change record public")
    TAKE_DOWN_CHANGE = N_("take a public change record down, with a reason")
    SIGN_CHARTER = N_("sign the charter")
    ASK_SIGNATORY = N_("fill the charter in for somebody else to sign")
    SEE_WAITING = N_("see which sign-ups wait for the area")
    APPROVE_SIGNING = N_("approve a sign-up, or put it on hold with a reason")
    WITHDRAW_SIGN_UP = N_("withdraw from the charter")
    KEEP_COMMITMENT = N_("mark a commitment as kept")
    LINK_SEND_REPORT = N_("link an organisation's SEND information report from its public page")
    SEE_QUEUE = N_("see which cases wait for a reviewer")
    PRACTISE = N_("practise on invented answers")
    ALLOCATE = N_("ask a reviewer to take a case")
    WAIVE_CONFLICT = N_("let somebody take part in spite of a conflict, with a reason")
    HAND_BACK = N_("hand a case back")
    CARE_FOR_ONESELF = N_("take a break from reviewing, and note the time it took")
    SEE_AGREEMENT = N_("see how far reviewers agree, question by question")
    DECLARE = N_("declare a conflict, or none, with a case")
    JUDGE = N_("see a case and rate its answers")
    READ_EVIDENCE = N_("open the evidence of a case")
    REPORT_PERSONAL_DATA = N_("have evidence shut away because it shows personal data")
    SETTLE = N_("settle what two reviewers rated differently")
    PANEL = N_("sign off the highest level for the panel")
    ASK_FOR_MORE = N_("ask for more evidence about some answers of a case, once")
    SEND_MORE = N_("send back to the reviewers what they asked for")
    REPLY = N_("reply to a provisional result, and appeal")
    DECIDE_REPLY = N_("decide what an organisation disagrees with in its result")
    DECIDE_APPEAL = N_("decide an appeal, together with somebody from outside the area")
    SEE_ALERTS = N_("see what looks like guessing at passwords")
    SEE_PROGRESS = N_("see how far each organisation has got")
    RUN_MAIL = N_("see which letters are stuck, and try them again")
    SEE_WORKINGS = N_("see whether everything works: letters, jobs, storage, backups")
    REVOKE_CERTIFICATE = N_("take back a certificate, with a reason")
    SEE_CONCERNS = N_("see the list of what people report about signatories")
    LOOK_INTO_CONCERN = N_("read what somebody reported about a signatory, and close it with a note")
    SET_MAILBOX = N_("choose an organisation's shared mailbox")
    TAKE_ALL_DATA = N_("download everything that is kept of an organisation")


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
    "anyone_signed_in": N_("everybody who is signed in"),
    "oneself": N_("the person themselves"),
    "member": N_("the organisation's own leads and contributors"),
    "lead": N_("the organisation's own leads"),
    "lead_of_its_trust": N_("leads of the trust that a school belongs to"),
    "coordinator": N_("coordinators"),
    "reviewer": N_("reviewers and lead reviewers"),
    "may_declare": N_(
        "reviewers and lead reviewers, but not where they belong, belonged in the last 24 months, or have a conflict"
    ),
    "seated": N_("reviewers who hold a place in that case and have no conflict"),
    "took_no_part": N_("reviewers and lead reviewers who took no part in that case and have no conflict"),
    "decides_now": N_("reviewers who took no part, while a reply or an appeal waits to be decided"),
    "lead_who_took_no_part": N_("lead reviewers who took no part in that case and have no conflict"),
    "leads_reviewers": N_("lead reviewers"),
    "independent_coordinator": N_(
        "coordinators, but not where they belong, belonged in the last 24 months, or near it"
    ),
    "lead_reviewer": N_(
        "lead reviewers, but not where they belong, belonged in the last 24 months, or have a conflict"
    ),
}


def who_may(action: Action) -> str:
    """Who may do `action`, in words, from the table itself."""
    rule = POLICY.get(action)
    return Phrases(WHO[name] for name in rule.__name__.split(" or ")) if rule else N_("nobody")


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
