"""Public records as rows of a file: documented fields only."""

from collections.abc import Mapping
from datetime import date

from coprod.changes.public import PublicChange
from coprod.phrases import N_
from coprod.web import open_api

Cell = str | int | date | None
FIELDS: Mapping[str, str] = {
    "title": N_("The title of the record"),
    "organisation": N_("The school or service that published it"),
    "kind": N_("What kind of organisation it is"),
    "place": N_("Its town"),
    "value": N_("The value of the charter that it shows best; empty where nobody said"),
    "status": N_("Listening, Doing, Done or Not possible"),
    "said": N_("What families said"),
    "who": N_("Which group said it; never a person"),
    "how_many": N_("How many people spoke, roughly; empty below five"),
    "heard_on": N_("When it was heard"),
    "before": N_("What the plan was"),
    "after": N_("What the plan is now"),
    "decision": N_("What was decided"),
    "why": N_("Why it was decided"),
    "decided_on": N_("When it was decided"),
    "due_on": N_("By when more is promised"),
    "told_on": N_("When families were told"),
    "told_how": N_("How families were told"),
    "better": N_("What got better"),
    "changed_mind": N_("Whether families changed the organisation's mind: yes or no"),
    "families_agree": N_("How many families confirmed that this is what happened"),
    "page": N_("The address of the organisation's page of records"),
}
SHAPES = dict.fromkeys(("heard_on", "decided_on", "due_on", "told_on"), open_api.NO_DAY) | {
    "how_many": {"type": ["integer", "null"]},
    "families_agree": open_api.NUMBER,
}
SCHEMA = open_api.rows("records", FIELDS, SHAPES)


def fields_of(row: PublicChange, values: Mapping[str, str], base_url: str) -> dict[str, Cell]:
    """One record with the documented fields, and nothing else."""
    return {
        "title": row.title,
        "organisation": row.organisation,
        "kind": row.kind.words,
        "place": row.organisation_town,
        "value": values.get(row.value, ""),
        "status": row.status.words,
        "said": row.heard,
        "who": row.group.words if row.group else "",
        "how_many": row.how_many,
        "heard_on": row.heard_on,
        "before": row.before,
        "after": row.after,
        "decision": row.decision,
        "why": row.why,
        "decided_on": row.decided_on,
        "due_on": row.due_on,
        "told_on": row.told_on,
        "told_how": row.told_how,
        "better": row.better,
        "changed_mind": "yes" if row.changed_mind else "no",
        "families_agree": row.families_agree,
        "page": f"{base_url}/you-said?organisation={row.organisation_slug}",
    }
