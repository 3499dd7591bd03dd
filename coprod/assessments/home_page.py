"""What an organisation's own page shows: one thing to do next, and where everything of theirs is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coprod.accounts.rules import ROLE_WORDS
from coprod.assessments import colleagues, drafting, pages, planning, queries
from coprod.assessments.models import Assessment
from coprod.assessments.rules import State
from coprod.certificates import queries as certificates
from coprod.certificates import rules as certificate_rules
from coprod.certificates.models import Certificate
from coprod.charter import queries as charter
from coprod.charter.models import SignUp
from coprod.charter.requested import open_request
from coprod.organisations.models import Organisation
from coprod.organisations.rules import Kind
from coprod.permissions import Action, Actor, open_actions
from coprod.phrases import N_, Phrase, Phrases
from coprod.web.formatting import counted, day

OFFERED = (Action.START_ASSESSMENT, Action.SUBMIT, Action.SIGN_CHARTER, Action.ACCEPT_MEMBER, Action.TAKE_ALL_DATA)


@dataclass(frozen=True, slots=True)
class Next:
    """The one thing to do next. `where` names a page; "start" is a button."""

    title: str
    words: str
    label: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentCard:
    id: UUID
    state: str
    words: str
    answered: int
    total: int
    is_draft: bool
    has_result: bool
    yours: str
    overdue: str


@dataclass(frozen=True, slots=True)
class CertificateLine:
    id: UUID
    name: str
    status: str
    dates: str
    petals: int | None


@dataclass(frozen=True, slots=True)
class CharterCard:
    words: str
    signed: bool
    commitments: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    id: UUID
    name: str
    about: str
    next: Next
    has_last: bool
    assessment: AssessmentCard | None
    offer_start: str
    may_sign: bool
    may_accept: bool
    may_take: bool
    charter: CharterCard
    certificates: tuple[CertificateLine, ...]
    changes: int
    changes_public: int
    evidence: int
    people: tuple[tuple[str, str], ...]
    asking: int


def home_page(organisation: Organisation, *, actor: Actor, today: date) -> HomePage:
    """Everything of the page, in a fixed number of queries."""
    may = open_actions(actor, organisation, OFFERED)
    assessment = queries.latest_of(organisation.id)
    card = _assessment_card(assessment, actor, today) if assessment else None
    signed = charter.in_force(organisation.id)
    people, asking = drafting.people_of(organisation.id)
    held = drafting.held_by(organisation.id)
    open_now = assessment is not None and State(assessment.state).open
    waits = signed is None and open_request(organisation.id) is not None
    following = next_thing(card, signed=signed is not None, waits=waits, may=may, open_now=open_now)
    return HomePage(
        id=organisation.id,
        name=organisation.name,
        about=Phrases([part for part in (Kind(organisation.kind).words, organisation.town) if part], between=", "),
        next=following,
        has_last=assessment is not None and not open_now,
        assessment=card,
        offer_start=_offer_start(card, following) if Action.START_ASSESSMENT in may and not open_now else "",
        may_sign=Action.SIGN_CHARTER in may and signed is None and not waits and following.where != "charter",
        may_accept=Action.ACCEPT_MEMBER in may,
        may_take=Action.TAKE_ALL_DATA in may,
        charter=_charter_card(signed),
        certificates=tuple(_certificate(each, today) for each in certificates.of_organisation(organisation.id)),
        changes=held.changes,
        changes_public=held.changes_public,
        evidence=held.evidence,
        people=tuple((name, ROLE_WORDS[role]) for name, role in people),
        asking=asking,
    )


def next_thing(
    card: AssessmentCard | None, *, signed: bool, may: Collection[Action], open_now: bool, waits: bool = False
) -> Next:
    """The assessment comes first while there is one; then the charter; then its promises, or a first assessment."""
    if card is not None and (open_now or card.has_result):
        following = _next_of_assessment(card, may)
        if following is not None:
            return following
    if waits:
        return Next(
            N_("The charter waits to be signed"),
            N_("Somebody filled it in. It counts, and is public, once that is done."),
            N_("See how far it is"),
            "promises",
        )
    if not signed:
        return _next_to_sign(may)
    if card is not None and State(card.state) is State.FINAL:
        return Next(
            N_("Keep your promises"),
            N_(
                "You have your result. When a promise is kept, say so: families can see it. "
                "Write down what they change."
            ),
            N_("Look at your promises"),
            "promises",
        )
    if Action.START_ASSESSMENT in may:
        return Next(
            N_("Start your self-assessment"),
            N_("Answer one question at a time. Stop and come back whenever you like: what you save is kept."),
            N_("Start the self-assessment"),
            "start",
        )
    return Next(
        N_("Ask your lead to start the self-assessment"), N_("Once it is started you can answer its questions.")
    )


def _next_to_sign(may: Collection[Action]) -> Next:
    if Action.SIGN_CHARTER in may:
        return Next(
            N_("Read the charter, and sign it"),
            N_(
                "Signing is a promise to families. You make three commitments with dates, and get a certificate. "
                "You can also look at your own practice first."
            ),
            N_("Sign the charter"),
            "charter",
        )
    return Next(N_("Ask your lead to sign the charter"), N_("Only a lead can sign it. You can add evidence meanwhile."))


def _offer_start(card: AssessmentCard | None, following: Next) -> str:
    """A second, quieter way to start, where something else comes first."""
    if following.where == "start":
        return ""
    return N_("Start a new self-assessment") if card else N_("Start the self-assessment")


def _next_of_assessment(card: AssessmentCard, may: Collection[Action]) -> Next | None:
    match State(card.state):
        case State.DRAFT if card.answered < card.total:
            left = card.total - card.answered
            return Next(
                N_("Go on with your self-assessment"),
                Phrase("{questions} still to answer.", questions=counted(left, "question is", "questions are")),
                N_("Go on with the questions"),
                "tasks",
            )
        case State.DRAFT if Action.SUBMIT in may:
            return Next(
                N_("Check your answers and send them in"),
                N_("Every question has an answer. Look at your score and your plan first if you like."),
                N_("Check and send in"),
                "submit",
            )
        case State.DRAFT:
            return Next(
                N_("Ask your lead to send it in"), N_("Every question has an answer. Only a lead can send it in.")
            )
        case State.SUBMITTED | State.IN_MODERATION:
            return Next(
                N_("Nothing to do just now"),
                N_("Reviewers are looking at your answers, or soon will. The result will be on this page."),
            )
        case State.MORE_ASKED:
            return Next(
                N_("Reviewers ask for more evidence"),
                N_("See which questions they ask about."),
                N_("See them"),
                "tasks",
            )
        case State.PROVISIONAL:
            return Next(
                N_("Look at your provisional result"),
                N_(
                    "See what the reviewers say about each answer. You can accept it, reply to it, "
                    "or let it become final."
                ),
                N_("See the result"),
                "result",
            )
        case _:
            return None


def _assessment_card(assessment: Assessment, actor: Actor, today: date) -> AssessmentCard:
    state = State(assessment.state)
    outline = drafting.outline(assessment)
    tally = pages.tally(queries.framework_of(assessment), outline)
    mine = colleagues.yours(colleagues.hands(assessment), outline, actor.person_id) if state.open else ()
    return AssessmentCard(
        id=assessment.id,
        state=state.value,
        words=state.words,
        answered=tally.answered,
        total=tally.total,
        is_draft=state is State.DRAFT,
        has_result=state in {State.PROVISIONAL, State.FINAL},
        yours=colleagues.yours_words(mine, today=today),
        overdue=_overdue(len(planning.overdue_steps(assessment, today=today))),
    )


def _overdue(steps: int) -> str:
    if not steps:
        return ""
    number = counted(steps, "step of your plan is", "steps of your plan are")
    return Phrase("{number} overdue", number=number)


def _charter_card(signed: SignUp | None) -> CharterCard:
    if signed is None:
        return CharterCard(N_("Not signed yet."), False, ())
    commitments = tuple(
        (
            each.text,
            Phrase("Kept on {day}", day=day(each.kept_on)) if each.kept_on else Phrase("By {day}", day=day(each.due)),
        )
        for each in signed.commitments
    )
    return CharterCard(Phrase("Signed on {day}.", day=day(signed.signed_on)), True, commitments)


def _certificate(certificate: Certificate, today: date) -> CertificateLine:
    status = certificate_rules.status(
        kind=certificate.kind, valid_to=certificate.valid_to, ended_as=certificate.ended_as, today=today
    )
    award = certificate.kind == certificate_rules.Kind.AWARD
    dates: str = day(certificate.issued_on)
    if certificate.valid_to:
        dates = Phrase("{issued_on} to {valid_to}", issued_on=dates, valid_to=day(certificate.valid_to))
    return CertificateLine(
        id=certificate.id,
        name=str(certificate.facts["headline"]) if award else N_("Signing of the charter"),
        status=status.words,
        dates=dates,
        petals=certificate.petals if award else None,
    )
