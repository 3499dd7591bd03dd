"""What the invented organisations say. None of it is about a real child, family, school or service."""

from dataclasses import dataclass

ACCOUNTS = {
    "LLE1": "We compared who answers us with who is on our SEND list. Fathers and families on the bus route were "
    "missing, so two parents now ring round before each survey.",
    "LLE2": "Every invitation asks what would help. We moved meetings to 1.15pm, pay for taxis and send Easy Read.",
    "LLE3": "Pupils choose from photos, symbols or a walk round school to say what works. We write down what "
    "changed because of it and tell them.",
    "LLE4": "The review form opens with the family's page. Each term we check ten plans for words that came from home.",
    "LLE5": "Three parents plan and lead a part of our September training. Staff say what they will do differently.",
    "WT1": "The parent group sees a blank page first. The dates in our log show families before the first draft.",
    "WT2": "Two parents sit on the steering group and vote. In March their choice for the quiet room stood, not ours.",
    "WT3": "Our three SEND goals were chosen at a families' evening and are on one page in plain words.",
    "WT4": "One-page profiles go with children to new classes and to clinic. Families say they repeat themselves less.",
    "WT5": "We have a named link at the forum, two joint events a year and an agreement both sides signed.",
    "AMB1": "Every plan starts with what the child hopes for now and as an adult, then what will stretch them.",
    "AMB2": "A deputy head and a governor lead this, with two hours a week and a small budget.",
    "AMB3": "All staff were trained this year. In appraisal each gives an example of planning with a family.",
    "AMB4": "Attendance of eleven pupils rose after families and staff changed the start of the day together.",
    "AMB5": "Six parents and the student council filled in part of this with us. Their ratings are kept beside ours.",
    "RA1": "Our log holds what families said, what the plan was, what it is now and how they were told.",
    "RA2": "A You said page goes home each half term with what is done, what is being done and what can't be.",
    "RA3": "Actions from meetings are tracked. Most were on time, and families heard early about two that slipped.",
    "RA4": "A who's who page, written with parents, says who to ask first, next and last.",
    "RA5": "We compare what families say by year group and act where one lags behind.",
    "HOT1": "News goes out each month in plain words, as a page, a text and a short film with captions.",
    "HOT2": "When we say no, a letter says why and what else can happen. Parents helped us to write the template.",
    "HOT3": "Each invitation says what is fixed, such as money, and what is open.",
    "HOT4": "A parent from the forum asked twenty families whether they agree with these ratings. Seventeen answered.",
    "HOT5": "Our website shows the charter, our part in it and six things that families changed.",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A change record, with its days counted back from the day of the assessment."""

    title: str
    group: str
    how_many: int
    heard: str
    heard_where: str
    before: str
    decision: str
    why: str
    after: str
    told_how: str
    better: str
    area: str
    changed_mind: bool = False
    days_ago: int = 120
    status: str = "done"

    @property
    def value(self) -> str:
        """The value of the charter that it is filed under."""
        return "LLE" if self.group in {"children", "young_people"} else "RA"


SCHOOL = (
    Told(
        title="A calmer start to the school day",
        group="parents_and_carers",
        how_many=14,
        heard="The bell and the crowd at the gate make mornings hard. Some children turn back.",
        heard_where="Coffee morning",
        before="All pupils come in through the main gate when the bell rings at 8.45am.",
        decision="We opened the side door from 8.30am, with no bell, for anyone who wants it.",
        why="Families showed us that the gate, not the lessons, was what kept children at home.",
        after="Pupils may come in through the main gate at 8.45am, or through the quiet side door from 8.30am.",
        told_how="Letter home and a text message",
        better="Eleven pupils who were often late now come in on time on most days.",
        area="organisation",
        days_ago=150,
    ),
    Told(
        title="Reviews at a time that parents can make",
        group="parents_and_carers",
        how_many=9,
        heard="Reviews at 9am mean losing pay or missing them.",
        heard_where="Survey in the spring term",
        before="Review meetings are held at 9am on weekdays.",
        decision="Families choose from three times, one of them after work, and may join by phone.",
        why="Four of nine parents had missed a review because of its time.",
        after="Review meetings are held at a time that the family chooses: 9am, 1.15pm or 5pm, in person or by phone.",
        told_how="In the invitation to each review",
        better="All families came to the last round of reviews.",
        area="team",
        days_ago=210,
    ),
    Told(
        title="One child's way to show when it is too much",
        group="children",
        how_many=1,
        heard="Through photos, a pupil who does not use words showed that the canteen is too loud.",
        heard_where="Walk round the building with a trusted adult",
        before="Lunch is eaten in the main hall with the class.",
        decision="Lunch is eaten in the garden room with two friends, and a red card means time out.",
        why="The pupil chose these pictures three days in a row.",
        after="Lunch is eaten in the garden room with two friends. A red card means time out.",
        told_how="With the pupil's own picture book, and by phone to the family",
        better="Afternoons are calmer, and the pupil asks for friends by name card.",
        area="child",
        days_ago=95,
    ),
    Told(
        title="We changed our mind about the therapy room",
        group="families_together",
        how_many=12,
        heard="Please do not turn the therapy room into an office. It is where our children get ready to learn.",
        heard_where="Families' evening",
        before="From January the therapy room becomes an office for two new staff.",
        decision="The therapy room stays. The two new staff share the library office.",
        why="Families were right that there is no other quiet room with a hoist.",
        after="From January the therapy room stays as it is, and two new staff share the library office.",
        told_how="Newsletter, and a thank-you note to everyone who came",
        better="No therapy session has been missed since.",
        area="organisation",
        changed_mind=True,
        days_ago=60,
    ),
    Told(
        title="Young people wrote the rules for online meetings",
        group="young_people",
        how_many=7,
        heard="We don't say much online because everyone talks at once.",
        heard_where="Student council",
        before="Online meetings are run by the member of staff who calls them.",
        decision="The student council's five rules open each online meeting, and a young person keeps time.",
        why="Young people know what stops them from joining in.",
        after="Online meetings open with the student council's five rules, and a young person keeps time.",
        told_how="At the next council meeting and on the noticeboard",
        better="Twice as many young people spoke in the last three meetings.",
        area="team",
        days_ago=30,
        status="doing",
    ),
)
YOUNGER = (
    Told(
        title="Letters home that everybody can read",
        group="parents_and_carers",
        how_many=11,
        heard="We get four letters a week and can't tell which one matters.",
        heard_where="Survey at the gate",
        before="Each class sends its own letter when it has news.",
        decision="One page goes home on Fridays, in plain words and big print, with a reading aloud for phones.",
        why="Eleven of sixteen families had missed a date because of it.",
        after="One page goes home on Fridays, in plain words and big print, with a recording to listen to.",
        told_how="On the first Friday page",
        better="No family missed the last three dates.",
        area="organisation",
        days_ago=160,
    ),
    Told(
        title="Handing over at the classroom door",
        group="parents_and_carers",
        how_many=8,
        heard="Two minutes with the teacher in the morning would save a long call at night.",
        heard_where="Stay and play morning",
        before="Parents hand children over to whoever is at the gate.",
        decision="A named adult of the class is at its own door each morning.",
        why="Parents know how the night was, and the class needs to know too.",
        after="Parents hand children over to a named adult of the class, at its own door.",
        told_how="A note in each book bag",
        better="Fewer hard mornings: staff counted six in May and one in June.",
        area="team",
        days_ago=130,
    ),
    Told(
        title="A child chose where to sit",
        group="children",
        how_many=1,
        heard="With photo cards, a child showed that the carpet is too close to the others.",
        heard_where="Play with photo cards",
        before="Story time is on the carpet with everybody.",
        decision="Story time is on a cushion by the window, near a friend whom the child picks.",
        why="The child picked the same cards on four days.",
        after="Story time is on a cushion by the window, near a friend whom the child picks.",
        told_how="With the child's photo book, and at the door to the parents",
        better="The child stays for the whole story.",
        area="child",
        days_ago=75,
    ),
    Told(
        title="We kept the summer meeting after all",
        group="families_together",
        how_many=10,
        heard="Don't drop the meeting before the summer. Moving class is the hardest week of the year.",
        heard_where="Families' tea",
        before="From this year there is one meeting for families, in autumn.",
        decision="The summer meeting stays, and the new teacher comes to it.",
        why="Families were right: the plan for moving class was made there.",
        after="From this year there are two meetings for families, in autumn and before the summer.",
        told_how="Text message, and at the gate",
        better="All children with a plan met their new teacher in June.",
        area="organisation",
        changed_mind=True,
        days_ago=55,
    ),
    Told(
        title="A lunch menu in pictures",
        group="children",
        how_many=20,
        heard="We don't know what the words on the menu taste like.",
        heard_where="School council",
        before="The lunch menu is a list of words on the wall.",
        decision="Children take photos of each meal, and the menu shows them.",
        why="Some children ate nothing because they could not choose.",
        after="The lunch menu shows photos of each meal, taken by children, at their height.",
        told_how="In assembly",
        better="The kitchen throws less away, and more children eat.",
        area="organisation",
        days_ago=35,
        status="doing",
    ),
)
SERVICE = (
    Told(
        title="A call before the letter",
        group="parents_and_carers",
        how_many=23,
        heard="A letter that says no, with no name on it, is the worst day of the year.",
        heard_where="Waiting-list survey",
        before="When we can't offer a place we send a letter from the team.",
        decision="A therapist calls first, says why, and says what can happen next. The letter has their name.",
        why="Families told us that the reason matters more than the answer.",
        after="When we can't offer a place a therapist calls first. The letter then has their name and the reasons.",
        told_how="On our page of the Local Offer",
        better="Complaints about letters went from nine in a term to two.",
        area="organisation",
        days_ago=170,
    ),
    Told(
        title="Help while families wait",
        group="parents_and_carers",
        how_many=15,
        heard="Nobody tells us what to do in the months before the first visit.",
        heard_where="Drop-in at the library",
        before="Families on the waiting list hear from us when their turn comes.",
        decision="Two drop-ins a month for families who wait, run with two parents who waited before.",
        why="Waiting time is lost time unless somebody helps to use it.",
        after="Families on the waiting list may come to two drop-ins a month, run with parents who waited before.",
        told_how="Text message to everyone who waits",
        better="Nine in ten families who came said that they knew what to try at home.",
        area="team",
        days_ago=125,
    ),
    Told(
        title="A young person picked how to say it",
        group="young_people",
        how_many=1,
        heard="I want to show my talk on my own tablet, not on your cards.",
        heard_where="Therapy session",
        before="Goals are practised with the team's picture cards.",
        decision="Goals are practised on the young person's own tablet, with pictures that they take.",
        why="It is their voice, and the tablet goes everywhere with them.",
        after="Goals are practised on the young person's own tablet, with pictures that they take.",
        told_how="In the session, and in a message to the family",
        better="The young person now orders lunch without help.",
        area="child",
        days_ago=85,
    ),
    Told(
        title="We dropped our plan for video only",
        group="families_together",
        how_many=18,
        heard="Video calls don't work for children who need to see your hands and your whole face.",
        heard_where="Joint meeting with the forum",
        before="From April follow-up visits are by video.",
        decision="Families choose: at home, at school or by video.",
        why="Families showed us sessions that could not have worked on a screen.",
        after="From April families choose where follow-up visits are: at home, at school or by video.",
        told_how="Letter and a short film",
        better="Fewer visits are missed than before April.",
        area="organisation",
        changed_mind=True,
        days_ago=65,
    ),
    Told(
        title="Young people asked for their reports",
        group="young_people",
        how_many=6,
        heard="You write about us and we never see it.",
        heard_where="Young people's group",
        before="Reports go to parents and to the school.",
        decision="Each young person over 11 gets one page of their own, and checks it before it goes out.",
        why="It is about them, and they spot what is wrong.",
        after="Reports go to parents and to the school, and one page goes to the young person, who checks it first.",
        told_how="At the next meeting of the group",
        better="Young people changed something in half of the first twelve pages.",
        area="team",
        days_ago=32,
        status="doing",
    ),
)
EVIDENCE = (
    (
        "public_record",
        "Our SEND page, with the charter",
        "https://www.example.org/send",
        "Families can see what they changed.",
        False,
    ),
    (
        "family_voice",
        "What 31 families said in the spring survey",
        "https://www.example.org/survey",
        "Families shaped three of our goals.",
        True,
    ),
    (
        "joint_working",
        "Minutes of the steering group with parents",
        "https://www.example.org/minutes",
        "Two parents vote on every decision.",
        True,
    ),
)
STATEMENT = (
    "group_statement",
    "Statement of the young people's group",
    "We were there from the first meeting. They changed the plan for the therapy room because of us, and told us why.",
    "The young people's group agrees with the ratings.",
)
COMMITMENTS = (
    ("Publish a You said page each half term, with what we could not do and why", 120, True),
    ("Invite a parent carer to every interview for a post that works with families", 200, False),
    ("Ask every family what would help them take part, and do it", 300, False),
)

# What people wrote to the coordinator about one school.
CONCERNS = (
    "Their page says that they tell families each half term what changed. We have heard nothing since spring.",
    "It says that a parent sits in on interviews. Two teachers started this term, and no parent was asked.",
)
