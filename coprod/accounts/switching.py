"""The one place that leads from any page to each organisation and each part that somebody has."""

from dataclasses import dataclass
from typing import Any

from flask import g, url_for
from sqlalchemy.exc import SQLAlchemyError

from coprod.accounts import queries
from coprod.accounts.blueprint import bp
from coprod.accounts.rules import AREA_ROLE_WORDS
from coprod.permissions import Actor, AreaRole
from coprod.phrases import N_
from coprod.web.access import current_actor
from coprod.web.languages import translated

LEADS_TO = {
    AreaRole.REVIEWER: "moderation.queue",
    AreaRole.LEAD_REVIEWER: "moderation.queue",
    AreaRole.COORDINATOR: "moderation.progress",
}
KEPT = "coprod_parts"


@dataclass(frozen=True, slots=True)
class Part:
    """Something that somebody is, and the page where they are it."""

    name: str
    words: str
    href: str


@bp.app_context_processor
def _switcher() -> dict[str, Any]:
    """Shown to whoever has more than one part. It is worked out once for each request."""
    if KEPT not in g:
        setattr(g, KEPT, _parts())
    parts = getattr(g, KEPT)
    return {"switcher": parts if len(parts) > 1 else ()}


def _parts() -> tuple[Part, ...]:
    try:
        who = current_actor()
        return (*_places(who), *_area_parts(who)) if who.signed_in else ()
    except SQLAlchemyError:  # The page that says that the database is away does without it.
        return ()


def _places(who: Actor) -> tuple[Part, ...]:
    if not who.roles and len(who.memberships) < 2:
        return ()  # One part at most: there is nothing to switch to, so nothing is asked.
    return tuple(
        Part(place.name, place.role_words, url_for("assessments.home", organisation_id=place.organisation_id))
        for place in queries.places_of(who)
    )


def _area_parts(who: Actor) -> tuple[Part, ...]:
    return tuple(
        Part(translated(AREA_ROLE_WORDS[role.value]), N_("for the area"), url_for(LEADS_TO[role]))
        for role in AreaRole
        if role in who.roles
    )
