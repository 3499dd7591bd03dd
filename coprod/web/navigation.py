"""What the top of each page and the start page offer. Rooms add their own; nobody is offered what is refused."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Flask, request, url_for
from flask.sansio.app import App

from coprod import colours
from coprod.permissions import Actor
from coprod.phrases import N_, Phrase
from coprod.settings import Settings
from coprod.web.access import current_actor, current_name
from coprod.web.languages import ENGLISH, IN_ADDRESS, current


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Task:
    """One thing a signed-in person can do from their start page. `when` says for whom it is.

    What people need `seldom` stands after what they come for.
    """

    label: str
    endpoint: str
    words: str
    when: Callable[[Actor], bool]
    seldom: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first things to do, how long it takes, and where to do it, if that is a page of its own."""

    words: str
    takes: str
    link: str = ""
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """What somebody new does, in order. `when` says for whom, and for how long they are new."""

    title: str
    steps: tuple[Step, ...]
    when: Callable[[Actor], bool]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is looking, for the top of the page."""

    signed_in: bool
    name: str


@dataclass(frozen=True, slots=True)
class Site:
    """What every page says about the area that it serves."""

    title: str
    area: str
    forum: str
    contact_email: str
    demonstration: bool
    draft: bool
    logo_url: str | None
    theme_colour: str
    colours_href: str | None
    sign_out_href: str
    letters_href: str | None


PUBLIC_PAGES = (
    (N_("Signatories"), "directory.signatories"),
    (N_("You said"), "changes.you_said"),
    (N_("The charter"), "charter.read"),
    (N_("The standards"), "framework.standards"),
)
OWN_PAGES = ((N_("Your work"), "accounts.start"), (N_("How you sign in"), "accounts.ways"))
TASKS = "coprod.tasks"
COLOURS = "coprod.colours"
FIRST_STEPS = "coprod.first_steps"
SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
LETTERS = "/demonstration/letters"


def offer(app: App, task: Task) -> None:
    """Add `task` to the start page of `app`. Rooms call this when their blueprint is registered."""
    app.extensions.setdefault(TASKS, []).append(task)


def guide(app: App, first: FirstSteps) -> None:
    """Show `first` on the start page of those who are new in a part. Rooms call this as they call `offer`."""
    app.extensions.setdefault(FIRST_STEPS, []).append(first)


def first_steps_for(app: Flask, actor: Actor) -> tuple[FirstSteps, ...]:
    return tuple(first for first in app.extensions.get(FIRST_STEPS, ()) if first.when(actor))


def tasks_for(app: Flask, actor: Actor) -> tuple[Task, ...]:
    offered = (task for task in app.extensions.get(TASKS, ()) if task.when(actor))
    return tuple(sorted(offered, key=lambda task: task.seldom))


def _own_colours(scheme: tuple[colours.Colours, colours.Colours]) -> str | None:
    """Where the area's own colours stand, at an address that changes with them, or None where it has ours."""
    words = colours.stylesheet(*scheme).strip()
    return f"/colours.css?v={hashlib.sha256(words.encode()).hexdigest()[:12]}" if words else None


def install(app: Flask, settings: Settings, *, draft: bool) -> None:
    scheme = colours.schemes(main=settings.colour, link=settings.colour_link, accent=settings.colour_accent)
    app.extensions[COLOURS] = scheme
    site = Site(
        title=Phrase("Co-production in {area}", area=settings.area_name),
        area=settings.area_name,
        forum=settings.forum_name,
        contact_email=settings.contact_email,
        demonstration=settings.demonstration,
        draft=draft,
        logo_url=settings.logo or None,
        theme_colour=scheme[0]["band"],
        colours_href=_own_colours(scheme),
        sign_out_href=SIGN_OUT,
        letters_href=LETTERS if settings.demonstration and not settings.sends_letters else None,
    )

    addresses: dict[str, str] = {}

    def link(label: str, endpoint: str) -> Link:
        plain = addresses.get(endpoint) or addresses.setdefault(endpoint, url_for(endpoint, **{IN_ADDRESS: None}))
        here = request.path == plain or request.path.startswith(f"{plain}/")
        return Link(label, plain if current() is ENGLISH else url_for(endpoint), current=here)

    @app.context_processor
    def shown_on_every_page() -> dict[str, Any]:
        visitor = Visitor(current_actor().signed_in, current_name())
        own = OWN_PAGES if visitor.signed_in else ((N_("Sign in"), "security.login"),)
        nav = tuple(link(*entry) for entry in (*PUBLIC_PAGES, *own) if entry[1] in app.view_functions)
        canonical = settings.base_url + quote(request.path)
        return {"site": site, "nav": nav, "actor": visitor, "canonical": canonical}
