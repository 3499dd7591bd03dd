"""What an organisation's own charter page shows, already decided: the template only lays it out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from coprod.certificates.rules import Ending as CertificateEnding
from coprod.charter import queries, requested, rules
from coprod.charter.models import Commitment, SigningRequest, SignUp
from coprod.charter.rules import Request, Standing
from coprod.framework.charter import Charter
from coprod.organisations.models import Organisation
from coprod.permissions import Action, Actor, can, open_actions
from coprod.phrases import N_, Phrase, Phrases
from coprod.web.formatting import day

OFFERED = (Action.SIGN_CHARTER, Action.WITHDRAW_SIGN_UP, Action.KEEP_COMMITMENT, Action.LINK_SEND_REPORT)


@dataclass(frozen=True, slots=True)
class CommitmentLine:
    """One commitment as its organisation sees it. `keep_id` is there where it may be marked as kept now."""

    text: str
    said: str
    keep_id: UUID | None


@dataclass(frozen=True, slots=True)
class SignedPage:
    """The sign-up of one organisation, and what may be done now."""

    status: str
    in_force: bool
    next: str
    public: tuple[tuple[str, str], ...]
    private: tuple[tuple[str, str], ...]
    commitments: tuple[CommitmentLine, ...]
    certificate_id: UUID | None
    code: str | None
    may_sign: bool
    sign_words: str
    may_check_in: bool
    may_link_report: bool
    may_withdraw: bool


def signed_page(sign_up: SignUp, *, charter: Charter, actor: Actor, today: date) -> SignedPage:
    """The page for members. What a lead may do is offered only where the table of permissions allows it."""
    lapse = charter.lapse
    standing = queries.standing_of(sign_up, lapse=lapse, today=today)
    may = open_actions(actor, sign_up, OFFERED)
    newer = sign_up.charter_hash != charter.sha256
    in_force = standing.in_force
    keeps = in_force and Action.KEEP_COMMITMENT in may
    return SignedPage(
        status=standing.words,
        in_force=in_force,
        next=_NEXT[standing](sign_up, charter, today),
        public=(
            (N_("Signed up on"), day(sign_up.signed_on)),
            (N_("Text of the charter"), Phrase("Version {version}", version=sign_up.charter_version)),
            (N_("Self-assessment sent in"), day(sign_up.assessed_on)),
        ),
        private=(
            (N_("Senior lead"), sign_up.senior_lead),
            (N_("Link with families"), sign_up.family_link),
            (N_("Signed by"), f"{sign_up.signatory_name}, {sign_up.signatory_role}"),
            (N_("Confirmed by the link in a letter"), day(sign_up.confirmed_at)),
            (N_("Reason for withdrawing"), sign_up.ended_why or ""),
        ),
        commitments=tuple(_line(each, today=today, keeps=keeps) for each in sign_up.commitments),
        certificate_id=sign_up.certificate_id,
        code=sign_up.certificate.code if sign_up.certificate else None,
        may_sign=Action.SIGN_CHARTER in may and (newer or not in_force),
        sign_words=N_("Sign the new text of the charter") if in_force else N_("Sign the charter again"),
        may_link_report=in_force and Action.LINK_SEND_REPORT in may,
        may_check_in=in_force and Action.SIGN_CHARTER in may,
        may_withdraw=in_force and Action.WITHDRAW_SIGN_UP in may,
    )


def _line(commitment: Commitment, *, today: date, keeps: bool) -> CommitmentLine:
    if commitment.kept_on is not None:
        return CommitmentLine(commitment.text, Phrase("Kept on {kept_on}", kept_on=day(commitment.kept_on)), None)
    said: list[str] = [Phrase("By {due}.", due=day(commitment.due))]
    if commitment.due < today and keeps:
        said.append(N_("That day has passed: say whether it was kept."))
    return CommitmentLine(commitment.text, Phrases(said, between=" "), commitment.id if keeps else None)


def _signed_up(sign_up: SignUp, charter: Charter, today: date) -> str:
    last = day(queries.last_day_of(sign_up, lapse=charter.lapse))
    if sign_up.assessed_on is None:
        return Phrase("Send in your self-assessment by {last}. After that day the sign-up lapses.", last=last)
    return Phrase("Your next yearly check-in is due by {due}.", due=day(_due(sign_up, charter)))


def _overdue(sign_up: SignUp, charter: Charter, today: date) -> str:
    last = day(queries.last_day_of(sign_up, lapse=charter.lapse))
    return Phrase(
        "Your yearly check-in was due by {due}. Check in by {last}, or the sign-up lapses.",
        due=day(_due(sign_up, charter)),
        last=last,
    )


def _lapsed(sign_up: SignUp, charter: Charter, today: date) -> str:
    last = sign_up.ended_on or queries.last_day_of(sign_up, lapse=charter.lapse)
    return Phrase("It was in force until {last}. You are welcome to sign again.", last=day(last))


def _withdrawn(sign_up: SignUp, charter: Charter, today: date) -> str:
    if sign_up.certificate and sign_up.certificate.ended_as == CertificateEnding.REVOKED:
        return Phrase("The area took your signing back on {day}. Ask the coordinator why.", day=day(sign_up.ended_on))
    return Phrase("You withdrew on {day}. You are welcome to sign again.", day=day(sign_up.ended_on))


def _superseded(sign_up: SignUp, charter: Charter, today: date) -> str:
    return Phrase("A new signing took its place on {ended_on}.", ended_on=day(sign_up.ended_on))


_NEXT: dict[Standing, Callable[[SignUp, Charter, date], str]] = {
    Standing.SIGNED_UP: _signed_up,
    Standing.CHECK_IN_OVERDUE: _overdue,
    Standing.LAPSED: _lapsed,
    Standing.WITHDRAWN: _withdrawn,
    Standing.SUPERSEDED: _superseded,
}


def _due(sign_up: SignUp, charter: Charter) -> date:
    return rules.check_in_due(
        counts_from=sign_up.counts_from, checked_in_on=sign_up.checked_in_on, lapse=charter.lapse
    )


@dataclass(frozen=True, slots=True)
class RequestLine:
    """How far a charter is that was filled in and is not in force, for those who look after it."""

    title: str
    words: str
    said: str
    again_id: UUID | None
    back_id: UUID | None
    anew: bool


def request_lines(organisations: Sequence[Organisation], *, now: datetime) -> dict[str, str]:
    """Of each organisation that has something filled in, how far that is, by its id."""
    lasts = ((str(each.id), requested.last_request(each.id)) for each in organisations)
    return {key: Phrases([part for part in _request(last, now) if part], between=" ") for key, last in lasts if last}


def request_line(last: SigningRequest, *, actor: Actor, now: datetime) -> RequestLine | None:
    """What was filled in last; nothing where it was taken back, for then there is nothing to wait for."""
    if last.state == Request.WITHDRAWN:
        return None
    title, words, said = _request(last, now)
    lead = can(actor, Action.ASK_SIGNATORY, last)
    waits, is_open = last.state == Request.ASKED, last.state in rules.OPEN_REQUEST
    return RequestLine(
        title=title,
        words=words,
        said=said,
        again_id=last.id if lead and waits and last.filled_by == actor.person_id else None,
        back_id=last.id if lead and is_open else None,
        anew=lead and last.state in (Request.REFUSED, Request.HELD),
    )


def _request(last: SigningRequest, now: datetime) -> tuple[str, str, str]:
    """A title, what happens next, and what somebody said about it."""
    who = last.signatory_name
    match Request(last.state):
        case Request.ASKED if last.expires_at is not None and now < last.expires_at:
            words = Phrase(
                "We sent {email} a letter. The link in it works until {expires_at}.",
                email=last.signatory_email,
                expires_at=day(last.expires_at),
            )
            return Phrase("Waiting for {who} to sign.", who=who), words, ""
        case Request.ASKED:
            over = N_("The link in the letter works no more. Send it again.")
            return Phrase("{who} did not answer in time.", who=who), over, ""
        case Request.REFUSED:
            refused = Phrase("{who} says that it is not right.", who=who)
            return refused, N_("Mend it, and send it again."), last.said or ""
        case Request.AGREED:
            return N_("Signed. The coordinator looks at it next."), N_("Nothing is public until it is approved."), ""
        case Request.HELD:
            return N_("On hold."), N_("The coordinator says why. This is private."), last.said or ""
        case _:
            return N_("Taken back."), "", ""
