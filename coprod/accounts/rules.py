"""THE RULES for accounts: what a password must not be, and what each part in an organisation may do."""

from coprod.phrases import N_, Phrase
from coprod.text import folded

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
TELLING = 5  # characters; shorter names stand in many words
TOO_COMMON = N_(
    "Many people use this password, so it is tried first. Put three or four words together that only you would"
)

# The parts in an organisation, as permissions.MemberRole names them.
LEAD = "lead"
CONTRIBUTOR = "contributor"
ROLE_WORDS = {LEAD: N_("Lead"), CONTRIBUTOR: N_("Contributor")}
ROLE_MAY = {
    LEAD: N_("Can do everything for the organisation: send in assessments, sign the charter, accept others."),
    CONTRIBUTOR: N_("Can answer questions, add evidence and write change records."),
}

# The parts for the whole area, as permissions.AreaRole names them.
REVIEWER = "reviewer"
LEAD_REVIEWER = "lead_reviewer"
COORDINATOR = "coordinator"
AREA_ROLE_WORDS = {REVIEWER: N_("Reviewer"), LEAD_REVIEWER: N_("Lead reviewer"), COORDINATOR: N_("Coordinator")}
AREA_ROLE_MAY = {
    REVIEWER: N_("Reads answers and evidence of cases that they have no conflict with, and rates them."),
    LEAD_REVIEWER: N_("The same, and decides where two reviewers differ by two or more."),
    COORDINATOR: N_("Looks after organisations and people. Never changes a rating."),
}
# The same inside a sentence, which writes them small.
N_("lead")
N_("contributor")
N_("reviewer")
N_("lead reviewer")
N_("coordinator")
# What stands where the name of somebody stood whose account was erased.
GONE = N_("Somebody who has left")


def weakness(password: str, *, name: str, email: str) -> str | None:
    """Why a password will not do, in words for the person, or None where it will.

    It has 12 characters or more, and gives away neither the person's name nor their e-mail address.
    """
    if len(password) < SHORTEST_PASSWORD:
        return Phrase(
            "Use {least} characters or more. Three or four words that only you put together are good",
            least=SHORTEST_PASSWORD,
        )
    if len(password) > LONGEST_PASSWORD:
        return Phrase("Use {most} characters or fewer", most=LONGEST_PASSWORD)
    plain = _joined(password)
    whole = {_joined(name), _joined(email), _joined(email.split("@")[0])}
    telling = whole | set(folded(name).split())
    if any(len(part) >= TELLING and part in plain for part in telling):
        return N_("Do not use your name or e-mail address in it: those are tried first")
    return None


def first_role(*, has_lead: bool) -> str:
    """The first person of an organisation is offered the lead's part; those after them a contributor's."""
    return CONTRIBUTOR if has_lead else LEAD


def _joined(text: str) -> str:
    return folded(text).replace(" ", "")
