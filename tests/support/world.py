"""Two sides that have the same things in the same states, and one person of each sort: what tests of access ask about.

The first side is "own": its lead, its contributor and its reviewers are the people who ask. The other side has people
of its own, whom nobody plays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from coprod.accounts import domains, handing_over, invitations, secret_links
from coprod.accounts import operations as accounts
from coprod.accounts.credentials import EmailedLink, Passkey
from coprod.accounts.models import AccountRequest, Membership, Person
from coprod.accounts.sign_in_links import Purpose
from coprod.assessments.models import Answer
from coprod.certificates import making
from coprod.certificates.models import Certificate
from coprod.changes import operations as changes
from coprod.charter import asking as charter_asking
from coprod.charter import operations as charter
from coprod.charter.rules import Promised
from coprod.concerns import operations as concerns
from coprod.database import db
from coprod.keys.models import PublicKey
from coprod.mail.models import Receiver
from coprod.moderation import asking, casework, deciding, operations, replying
from coprod.moderation.models import Case, TimeSpent
from coprod.moderation.replying import Said
from coprod.moderation.sent import Given
from coprod.organisations.models import Organisation
from coprod.permissions import AreaRole, MemberRole
from coprod.transaction import transaction
from tests.support import assessments, build, files, signing
from tests.support.assessments import MOMENT, TODAY
from tests.support.snapshots import sent_in

PEOPLE = ("public", "stranger", "contributor", "lead", "reviewer", "lead reviewer", "coordinator")
Ids = Mapping[str, object]


@dataclass(frozen=True)
class World:
    """What to put into addresses for each side, and the e-mail address of each person who signs in."""

    own: Ids
    other: Ids
    emails: Mapping[str, str]


@dataclass(frozen=True)
class Cast:
    """Who acts on one side."""

    lead: Person
    contributor: Person
    reviewer: Person
    second: Person
    lead_reviewer: Person


def world() -> World:
    own, other = _cast("Own"), _cast("Other")
    emails = {
        "stranger": build.person("Nora Body").email,
        "contributor": own.contributor.email,
        "lead": own.lead.email,
        "reviewer": own.reviewer.email,
        "lead reviewer": own.lead_reviewer.email,
        "coordinator": build.person("Cora Ordinator", AreaRole.COORDINATOR).email,
    }
    return World(_side("Hazel", own), _side("Maple", other), emails)


def ready_case(side: str) -> tuple[Case, Cast]:
    """A case whose reviewers are done and of one mind, so that its result can be given."""
    cast = _cast(side)
    return _ready(_place(f"{side} School", cast), cast), cast


def _cast(side: str) -> Cast:
    return Cast(
        lead=build.person(f"{side} Lead"),
        contributor=build.person(f"{side} Contributor"),
        reviewer=build.person(f"{side} Reviewer", AreaRole.REVIEWER, parent_carer=True),
        second=build.person(f"{side} Second", AreaRole.REVIEWER),
        lead_reviewer=build.person(f"{side} Boss", AreaRole.LEAD_REVIEWER),
    )


def _side(name: str, cast: Cast) -> Ids:
    given = _given(_place(f"{name} Given School", cast), cast)
    replies = {
        "asked_more": _asked(_place(f"{name} Asked School", cast), cast).assessment_id,
        "contested": _contested(_place(f"{name} Contested School", cast), cast).id,
        "appealable": _decided(_place(f"{name} Decided School", cast), cast).assessment_id,
    }
    rating = _rating(_place(f"{name} Rating School", cast), cast)
    return {
        "fresh": _place(f"{name} Fresh School", cast).id,
        "waiting": sent_in(_place(f"{name} Waiting School", cast), cast.lead.id).id,
        **_offered(_place(f"{name} Offered School", cast), cast, name),
        "rating": rating.id,
        "exhibit": _exhibit(rating, cast),
        "comment": _comment(rating, cast),
        "apart": _apart(_place(f"{name} Apart School", cast), cast).id,
        "ready": _ready(_place(f"{name} Ready School", cast), cast).id,
        "given": given.assessment_id,
        **replies,
        **_working(_place(f"{name} Working School", cast), cast),
        **_mail(name),
        **_signing_in(name, cast),
        **_joining(name, cast),
        **_to_sign(name, cast),
    }


def _to_sign(name: str, cast: Cast) -> dict[str, object]:
    """A charter that waits for its signatory, and one that waits for the coordinator."""
    places = [_place(f"{name} {which} School", cast) for which in ("Asking", "Agreed")]
    lead = build.actor(cast.lead.id)
    asked, agreed = (signing.asked(place, lead) for place in places)
    with transaction():
        charter_asking.await_approval(agreed, actor=lead, now=MOMENT)
    anew = build.organisation(f"{name} Academy")
    with transaction():
        concern = concerns.send(places[0].id, words="They never told us.", address="", now=MOMENT)
    things = {"concern": concern.id, "anew": anew.id}
    return things | {"asked_to_sign": asked.id, "agreed": agreed.id, "link_to_sign": signing.link_to(asked)}


def _offered(where: Organisation, cast: Cast, name: str) -> dict[str, object]:
    """A case to take; somebody who can be asked to, somebody who has a conflict, and a note of a reviewer's time."""
    case = _case(where, cast, every=2)
    free = build.person(f"{name} Free", AreaRole.REVIEWER)
    conflicted = build.person(f"{name} Conflicted", AreaRole.REVIEWER)
    with transaction():
        operations.declare(case, conflict=True, actor=build.actor(conflicted.id), now=MOMENT)
        spent = TimeSpent(person_id=cast.reviewer.id, day=TODAY, minutes=5, what="Reading", made_at=MOMENT)
        db.session.add(spent)
    return {
        "offered": case.id,
        "offered_assessment": case.assessment_id,
        "free": free.id,
        "conflicted": conflicted.id,
        "spent": spent.id,
    }


def _signing_in(name: str, cast: Cast) -> dict[str, object]:
    """Somebody of the side, a passkey of its lead's, and links that were sent to its contributor."""
    key = Passkey(
        person_id=cast.lead.id, credential_id=f"key{name}", public_key=b"", sign_count=0, name="Phone", added_at=MOMENT
    )
    secrets = {purpose: f"{purpose.value}-link-of-{name}" for purpose in Purpose}
    with transaction():
        db.session.add(key)
        for purpose, secret in secrets.items():
            db.session.add(
                EmailedLink(
                    purpose=purpose.value,
                    person_id=cast.contributor.id,
                    digest=secret_links.digest_of(secret),
                    made_at=MOMENT,
                    expires_at=MOMENT + timedelta(minutes=30),
                )
            )
    made: dict[str, object] = {"passkey": key.id, "person": cast.contributor.id}
    return made | {"link_to_sign_in": secrets[Purpose.SIGN_IN], "link_to_password": secrets[Purpose.PASSWORD]}


def _mail(name: str) -> dict[str, object]:
    """A letter that got stuck, and the secret with which somebody stops reminders."""
    stuck = build.letter(f"{name.lower()}@example.org", tries=3)
    receiver = Receiver(address=f"{name.lower()}@example.org", secret=f"secret-of-{name}")
    with transaction():
        db.session.add(receiver)
    return {"letter": stuck.id, "stop": receiver.secret}


def _joining(name: str, cast: Cast) -> dict[str, object]:
    """A place whose lead invites somebody, trusts a domain and hands over; and a link that makes an account."""
    where = _place(f"{name} Joining School", cast)
    colleague = db.session.query(Membership).filter_by(person_id=cast.contributor.id, organisation_id=where.id).one()
    waiting = _place(f"{name} Handing School", cast)
    taker = db.session.query(Membership).filter_by(person_id=cast.contributor.id, organisation_id=waiting.id).one()
    lead = build.actor(cast.lead.id)
    links = {"link_of_invitation": f"invitation-of-{name}", "link_to_account": f"account-of-{name}"}
    with transaction():
        invitation = invitations.invite(
            f"guest@{name.lower()}.example.org",
            role=MemberRole.CONTRIBUTOR,
            organisation_id=where.id,
            actor=lead,
            now=MOMENT,
        )
        invitation.secret_hash = secret_links.digest_of(links["link_of_invitation"])
        trusted = domains.trust(where.id, domain=f"{name.lower()}.example.org", actor=lead, now=MOMENT)
        offer = handing_over.offer(taker, leaving=False, actor=lead, now=MOMENT)
        digest, tomorrow = secret_links.digest_of(links["link_to_account"]), MOMENT + timedelta(days=1)
        db.session.add(AccountRequest(email=f"new@{name.lower()}.org", secret_hash=digest, expires_at=tomorrow))
    made = {"invitation": invitation.id, "domain": trusted.id, "hand_over": offer.id, "colleague": colleague.id}
    return {**links, **made, "joining": where.id}


def _place(name: str, cast: Cast) -> Organisation:
    where = build.organisation(name)
    build.membership(cast.lead, where)
    build.membership(cast.contributor, where, MemberRole.CONTRIBUTOR)
    return where


def _working(where: Organisation, cast: Cast) -> dict[str, object]:
    """A draft with everything in it, a sign-up, a published change with a link, and somebody who asks to join."""
    lead = build.actor(cast.lead.id)
    draft = assessments.answered(where, lead)
    item = assessments.item(where, lead, "Minutes")
    change = assessments.change(where, lead, "A quiet room")
    asking = build.person(f"{where.name} Asker")
    helper = build.membership(build.person(f"{where.name} Helper"), where, MemberRole.CONTRIBUTOR)
    with transaction():
        link, secret = changes.make_link(change, actor=lead, now=MOMENT)
        changes.publish(change, no_child_named=True, status="done", actor=lead, now=MOMENT)
        promises = [Promised(f"Promise {n}", TODAY.replace(year=2027), n == 1) for n in (1, 2, 3)]
        signed = charter.sign(
            where,
            senior_lead="Senior",
            family_link="Link",
            signatory_name="Name",
            signatory_role="Head",
            agreed=True,
            commitments=promises,
            actor=lead,
            now=MOMENT,
            today=TODAY,
        )
    with transaction():
        asked = accounts.ask_to_join(where.id, note="Please", actor=build.actor(asking.id), now=MOMENT)
    making.make_missing(now=MOMENT)
    certificate = db.session.query(Certificate).filter_by(organisation_id=where.id).one()
    return {
        "place": where.id,
        "session": build.session(cast.lead).id,
        "alert": build.alert(cast.lead).id,
        "slug": where.slug,
        "draft": draft.id,
        "action": draft.plan[0].id,
        "meeting": assessments.met(draft, lead).id,
        "note": assessments.noted(draft, lead).id,
        "revision": next(answer.revision for answer in draft.answers if answer.question_code == "RA1"),
        "evidence": item.id,
        "change": change.id,
        "link": link.id,
        "secret": secret,
        "commitment": signed.commitments[0].id,
        "certificate": certificate.id,
        "number": certificate.code,
        "thumbprint": db.session.query(PublicKey).filter_by(purpose="badge").one().thumbprint,
        "unattached_evidence": item.id,
        "unattached_change": change.id,
        "asked": asked.id,
        "helper": helper.id,
        "upload": files.upload(where.id, lead).id,
        "filed": files.filed(where.id, lead).id,
    }


def _case(where: Organisation, cast: Cast, *, every: int) -> Case:
    """A case in which nobody has a place yet; the side's reviewers have no conflict."""
    assessment = sent_in(where, cast.lead.id, every=every)
    with transaction():
        case = operations.open_case(assessment, now=MOMENT)
    for who in (cast.reviewer, cast.second, cast.lead_reviewer):
        with transaction():
            operations.declare(case, conflict=False, actor=build.actor(who.id), now=MOMENT)
    return case


def _rating(where: Organisation, cast: Cast) -> Case:
    case = _case(where, cast, every=3)
    with transaction():
        operations.take_seat(case, actor=build.actor(cast.reviewer.id), now=MOMENT)
        db.session.add(
            Answer(
                assessment_id=case.assessment_id,
                question_code="RA1",
                rating=3,
                saved_by=cast.lead.id,
                saved_at=MOMENT,
            )
        )
    return case


def _asked(where: Organisation, cast: Cast) -> Case:
    """More is asked for about RA1."""
    case = _rating(where, cast)
    with transaction():
        asking.ask_for_more(case, {"RA1": "Which plan?"}, actor=build.actor(cast.reviewer.id), now=MOMENT, today=TODAY)
    return case


def _contested(where: Organisation, cast: Cast) -> Case:
    """The organisation disagrees with RA1, and the lead reviewer took no part."""
    case = _given(where, cast)
    with transaction():
        said = {"RA1": Said(agrees=False, words="Look again.")}
        replying.reply(case, said, actor=build.actor(cast.lead.id), now=MOMENT, today=TODAY)
    return case


def _decided(where: Organisation, cast: Cast) -> Case:
    case = _contested(where, cast)
    with transaction():
        deciding.decide(
            case, "RA1", rating=1, reason="It stays.", actor=build.actor(cast.lead_reviewer.id), now=MOMENT, today=TODAY
        )
    return case


def _exhibit(case: Case, cast: Cast) -> UUID:
    """A file that every answer of a case rests on."""
    item = files.filed(case.organisation_id, build.actor(cast.lead.id))
    files.sent_with(case.assessment, item)
    return item.id


def _comment(case: Case, cast: Cast) -> UUID:
    """What a family wrote about a change record that every answer of a case rests on."""
    lead = build.actor(cast.lead.id)
    record = assessments.change(case.assessment.organisation, lead, "A quiet gate")
    with transaction():
        _link, secret = changes.make_link(record, actor=lead, now=MOMENT)
        said = changes.confirm(
            secret, answer="yes", group="forum", comment="It is so.", comment_shared=False, now=MOMENT
        )
    files.sent_with_record(case.assessment, record.id)
    return said.id


def _apart(where: Organisation, cast: Cast) -> Case:
    """Both reviewers are done and one apart on RA1; the second has put a rating forward."""
    case = _case(where, cast, every=3)
    _rate(case, cast.reviewer.id, RA1=2)
    _rate(case, cast.second.id)
    with transaction():
        operations.settle(case, "RA1", rating=3, reason="Three.", actor=build.actor(cast.second.id), now=MOMENT)
    return case


def _ready(where: Organisation, cast: Cast, **ratings: int) -> Case:
    case = _case(where, cast, every=2)
    _rate(case, cast.reviewer.id, **ratings)
    _rate(case, cast.second.id, **ratings)
    return case


def _given(where: Organisation, cast: Cast) -> Case:
    """The result is given. RA1 was changed, so there is something to reply to."""
    case = _ready(where, cast, RA1=1)
    with transaction():
        operations.give_result(case, actor=build.actor(cast.reviewer.id), now=MOMENT, today=TODAY)
    return case


def _rate(case: Case, who: UUID, **ratings: int) -> None:
    """Take a place, rate the whole list at what was claimed but for `ratings`, and finish."""
    reviewer = build.actor(who)
    with transaction():
        operations.take_seat(case, actor=reviewer, now=MOMENT)
    while left := _left(case, who):
        for look, claim in left:
            with transaction():
                operations.judge(
                    case,
                    look,
                    rating=ratings.get(look, claim),
                    reason="Because.",
                    note="",
                    private_note="",
                    actor=reviewer,
                    now=MOMENT,
                )
    with transaction():
        operations.finish(case, actor=reviewer, now=MOMENT)


def _left(case: Case, who: UUID) -> list[tuple[str, Given]]:
    """What somebody has still to rate, each with what it counts as. A change of mind makes the list longer."""
    work = casework.of(case)
    sitting = work.sitting_of(who)
    assert sitting is not None
    return [(look.code, work.sent.claims[look.code].credited) for look in work.left_to_rate(sitting)]
