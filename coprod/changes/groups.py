"""The groups that speak and answer, and what each is called."""

from collections.abc import Mapping
from enum import StrEnum

from coprod.framework.model import Voice
from coprod.phrases import N_


class Group(StrEnum):
    """Who spoke, or who answers: always a group, never a person."""

    PARENTS_AND_CARERS = "parents_and_carers"
    YOUNG_PEOPLE = "young_people"
    CHILDREN = "children"
    FAMILIES_TOGETHER = "families_together"
    FORUM = "forum"

    @property
    def words(self) -> str:
        return GROUPS[self][0]

    @property
    def one_of_them(self) -> str:
        """How somebody of this group says who they are."""
        return GROUPS[self][1]

    @property
    def voices(self) -> frozenset[Voice]:
        """Whose voice this is where the standards ask for parents' or for children's."""
        return GROUPS[self][2]


_PARENTS = frozenset({Voice.PARENTS})
_CHILDREN = frozenset({Voice.CHILDREN})
GROUPS: Mapping[Group, tuple[str, str, frozenset[Voice]]] = {
    Group.PARENTS_AND_CARERS: (N_("Parents and carers"), N_("A parent or carer"), _PARENTS),
    Group.YOUNG_PEOPLE: (N_("Young people"), N_("A young person"), _CHILDREN),
    Group.CHILDREN: (N_("Children"), N_("A child"), _CHILDREN),
    Group.FAMILIES_TOGETHER: (
        N_("Families together (adults with children or young people)"),
        N_("A family, answering together"),
        _PARENTS | _CHILDREN,
    ),
    Group.FORUM: (N_("The parent carer forum"), N_("A member of the parent carer forum"), _PARENTS),
}
