"""Who is in the demonstration. Everybody is invented; nobody real is given a status here."""

from dataclasses import dataclass, field
from enum import IntEnum

from coprod.demo.words import SCHOOL, SERVICE, YOUNGER, Told
from coprod.permissions import AreaRole, MemberRole

REVIEWERS = ("grace.obi@example.org", "lewis.hart@example.org")
THIRD = "iris.vale@example.org"
FOURTH = "sol.brandt@example.org"
LEAD = "mina.shah@example.org"
PASSWORD = "a demonstration only"  # noqa: S105  # printed for everybody to see: it opens nothing real


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody to sign in as. `what` says who they are, `first` what to try; an empty `what` gets no button."""

    email: str
    name: str
    what: str = ""
    first: str = ""
    roles: tuple[AreaRole, ...] = ()
    parent_carer: bool = False
    belongs_to: str = ""
    part: MemberRole = MemberRole.LEAD


class Stage(IntEnum):
    """How far an invented organisation has come."""

    FOUND = 0
    SIGNED = 1
    DRAFT = 2
    SUBMITTED = 3
    IN_MODERATION = 4
    PROVISIONAL = 5
    FINAL = 6


@dataclass(frozen=True, slots=True)
class Part:
    """One organisation's part in the story. Days count back from today."""

    organisation: str
    lead: str
    signed: int | None = None
    withdrawn: int | None = None
    stage: Stage = Stage.SIGNED
    sent: int = 0
    ratings: tuple[str, ...] = ()
    answered: int = 25
    families: int = 2
    statement: bool = False
    commitments_kept: int = 0
    published: int = 0
    tells: tuple[Told, ...] = SCHOOL
    surprises: dict[str, tuple[int, int]] = field(default_factory=dict)
    more_about: str = ""
    disagrees_with: str = ""
    still_to_agree: bool = False
    appeals: bool = False
    reviewers: tuple[str, str] = REVIEWERS


ACCOUNTS = (
    Account(
        "priya.anand@example.org",
        "Priya Anand",
        "SENCO at a school that is half way",
        "Open the assessment of Thorn Hill Academy. See what question RA1 counts as, and what would raise it.",
        belongs_to="990104",
    ),
    Account(
        "tom.field@example.org",
        "Tom Field",
        "Teacher who helps to fill it in",
        "Answer a question. You can attach evidence, but sending it in is for the lead.",
        belongs_to="990104",
        part=MemberRole.CONTRIBUTOR,
    ),
    Account(
        "helen.marsh@example.org",
        "Helen Marsh",
        "Head teacher with a result to read",
        "Read why ratings were changed at Oak Hollow Junior School, and accept the result.",
        belongs_to="990107",
    ),
    Account(
        "dana.elder@example.org",
        "Dana Elder",
        "Deputy head who is asked for more evidence",
        "See what the reviewers ask Elder Wood Primary School for, add it to that question, and send it back.",
        belongs_to="990112",
    ),
    Account(
        "omar.haddad@example.org",
        "Omar Haddad",
        "Head teacher who has an award",
        "Download the certificates of Meadow Court Primary School, and look after its promises.",
        belongs_to="990103",
    ),
    Account(
        "grace.obi@example.org",
        "Grace Obi",
        "Forum reviewer, a parent carer",
        "Take Willow Bridge Infant School from the queue: say that you have no conflict, then rate an answer.",
        roles=(AreaRole.REVIEWER,),
        parent_carer=True,
    ),
    Account(
        "lewis.hart@example.org",
        "Lewis Hart",
        "Second forum reviewer, a parent carer",
        "Finish Larkrise Further Education College: you can't see the other reviewer's ratings until you have.",
        roles=(AreaRole.REVIEWER,),
        parent_carer=True,
    ),
    Account(
        "noor.aziz@example.org",
        "Noor Aziz",
        "New forum reviewer",
        "Practise on invented answers first. After each one you see the rating that was agreed for it, and why.",
        roles=(AreaRole.REVIEWER,),
    ),
    Account(
        "mina.shah@example.org",
        "Mina Shah",
        "Lead reviewer of the forum",
        "Decide what two reviewers rated differently, a reply to a result, and an appeal: you took no part in those.",
        roles=(AreaRole.LEAD_REVIEWER,),
        parent_carer=True,
    ),
    Account(
        "alex.morgan@example.org",
        "Alex Morgan",
        "Coordinator of the area",
        "See how far everybody has got, accept people who ask to join, and look after the list of organisations.",
        roles=(AreaRole.COORDINATOR,),
    ),
    Account("sal.newman@example.org", "Sal Newman"),
    Account("brook.lead@example.org", "Nia Brook", belongs_to="990101"),
    Account("hazel.lead@example.org", "Joan Hazel", belongs_to="990102"),
    Account("willow.lead@example.org", "Ben Willow", belongs_to="990105"),
    Account("larkrise.lead@example.org", "Ada Lark", belongs_to="990106"),
    Account("stone.lead@example.org", "Ivy Stone", belongs_to="990108"),
    Account("copper.lead@example.org", "Max Copper", belongs_to="990109"),
    Account("rush.lead@example.org", "Una Rush", belongs_to="990110"),
    Account("fern.lead@example.org", "Kit Fern", belongs_to="990111"),
    Account("birch.lead@example.org", "Abe Birch", belongs_to="990113"),
    Account("poppy.lead@example.org", "Eli Poppy", belongs_to="990114"),
    Account("rowan.lead@example.org", "Nell Rowan", belongs_to="990115"),
    Account("sorrel.lead@example.org", "Uma Sorrel", belongs_to="990116"),
    Account("clover.lead@example.org", "Jon Clover", belongs_to="990117"),
    Account("iris.vale@example.org", "Iris Vale", roles=(AreaRole.REVIEWER,), parent_carer=True),
    Account("sol.brandt@example.org", "Sol Brandt", roles=(AreaRole.REVIEWER,)),
    Account("speech.lead@example.org", "Zoe Lane", belongs_to="Community Speech and Language Team"),
    Account("transport.lead@example.org", "Raj Wells", belongs_to="School Transport Team"),
)

# Who asked to join where, and waits for an answer.
ASKING = (("sal.newman@example.org", "990111", "I am the new SENCO"),)

# Services have a parent and a name instead of a number.
PARENTS = (("Example Community Health Trust", "Wellingborough"), ("Example County Children's Services", "Kettering"))
SERVICES = (
    ("Community Speech and Language Team", "Example Community Health Trust", "Wellingborough"),
    ("School Transport Team", "Example County Children's Services", "Kettering"),
)

# Ratings by value, in the standards' order: LLE, WT, AMB, RA, HOT. "-" does not apply.
DEVELOPING = ("23222", "22222", "22222", "22232", "22222")
ESTABLISHED = ("33333", "33322", "33332", "33332", "33323")
EMBEDDED = ("34334", "44344", "33334", "34343", "34343")
TOWARDS = ("22212", "21212", "22111", "12222", "21212")

STORY = (
    Part("990101", "brook.lead@example.org", signed=60, commitments_kept=1),
    Part(
        "990102",
        "hazel.lead@example.org",
        signed=430,
        stage=Stage.FINAL,
        sent=300,
        ratings=EMBEDDED,
        families=3,
        statement=True,
        commitments_kept=2,
        published=5,
    ),
    Part(
        "990103",
        "omar.haddad@example.org",
        tells=YOUNGER,
        signed=400,
        stage=Stage.FINAL,
        sent=120,
        ratings=DEVELOPING,
        commitments_kept=1,
        published=3,
        surprises={"LLE2": (2, 2)},
    ),
    Part(
        "Community Speech and Language Team",
        "speech.lead@example.org",
        signed=330,
        stage=Stage.FINAL,
        sent=200,
        ratings=ESTABLISHED,
        commitments_kept=1,
        published=4,
        tells=SERVICE,
        surprises={"WT2": (2, 2), "HOT1": (2, 3)},
    ),
    Part(
        "990104",
        "priya.anand@example.org",
        signed=90,
        stage=Stage.DRAFT,
        ratings=ESTABLISHED,
        answered=11,
        families=0,
        published=1,
    ),
    Part(
        "990105",
        "willow.lead@example.org",
        tells=YOUNGER,
        signed=150,
        stage=Stage.SUBMITTED,
        sent=6,
        ratings=DEVELOPING,
        published=1,
    ),
    Part(
        "990106",
        "larkrise.lead@example.org",
        signed=200,
        stage=Stage.IN_MODERATION,
        sent=20,
        ratings=ESTABLISHED,
        published=2,
        surprises={"AMB1": (2, 2)},
    ),
    Part(
        "990107",
        "helen.marsh@example.org",
        tells=YOUNGER,
        signed=180,
        stage=Stage.PROVISIONAL,
        sent=19,
        ratings=DEVELOPING,
        commitments_kept=1,
        published=2,
        surprises={"HOT4": (1, 1), "LLE2": (2, 2)},
    ),
    Part(
        "990108", "stone.lead@example.org", signed=1180, stage=Stage.FINAL, sent=1100, ratings=DEVELOPING, published=1
    ),
    Part("990109", "copper.lead@example.org", signed=420, stage=Stage.SIGNED),
    Part("990110", "rush.lead@example.org", signed=250, stage=Stage.FINAL, sent=90, ratings=TOWARDS, published=1),
    Part("990111", "fern.lead@example.org", stage=Stage.FOUND),
    Part(
        "990112",
        "dana.elder@example.org",
        tells=YOUNGER,
        signed=140,
        stage=Stage.IN_MODERATION,
        sent=13,
        ratings=DEVELOPING,
        more_about="RA1",
    ),
    Part(
        "990113",
        "birch.lead@example.org",
        signed=160,
        stage=Stage.PROVISIONAL,
        sent=22,
        ratings=DEVELOPING,
        published=1,
        surprises={"HOT4": (1, 1), "LLE2": (2, 2)},
        disagrees_with="LLE2",
    ),
    Part(
        "990114",
        "poppy.lead@example.org",
        tells=YOUNGER,
        signed=170,
        stage=Stage.IN_MODERATION,
        sent=10,
        ratings=ESTABLISHED,
        published=1,
        surprises={"AMB1": (2, 3), "HOT1": (1, 3)},
        still_to_agree=True,
    ),
    Part(
        "990115",
        "rowan.lead@example.org",
        tells=YOUNGER,
        signed=190,
        stage=Stage.PROVISIONAL,
        sent=40,
        ratings=DEVELOPING,
        published=1,
        surprises={"HOT4": (1, 1), "LLE2": (2, 2)},
        disagrees_with="LLE2",
        appeals=True,
    ),
    Part(
        "990116", "sorrel.lead@example.org", tells=YOUNGER, stage=Stage.IN_MODERATION, sent=12, ratings=ESTABLISHED,
        surprises={"HOT1": (1, 3)}, still_to_agree=True, reviewers=(THIRD, FOURTH),
    ),
    Part(
        "990117", "clover.lead@example.org", signed=300, stage=Stage.IN_MODERATION, sent=14, ratings=EMBEDDED,
        families=3, statement=True, still_to_agree=True, reviewers=(THIRD, FOURTH),
    ),
    Part("School Transport Team", "transport.lead@example.org", signed=210, withdrawn=30),
)
