"""What the top of each page and the start page offer. Rooms add their own; nobody is offered what is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Flask, request, url_for
from flask.sansio.app import App

from coprod.permissions import Actor
from coprod.phrases import N_, Phrase
from coprod.settings import Settings
from coprod.web.access import current_actor, current_name


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Task:
    """One thing a signed-in person can do from their start page. `when` says for whom it is."""

    label: str
    endpoint: str
    words: str
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
SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
LETTERS = "/demonstration/letters"


def offer(app: App, task: Task) -> None:
    """Add `task` to the start page of `app`. Rooms call this when their blueprint is registered."""
    app.extensions.setdefault(TASKS, []).append(task)


def tasks_for(app: Flask, actor: Actor) -> tuple[Task, ...]:
    return tuple(task for task in app.extensions.get(TASKS, ()) if task.when(actor))


def install(app: Flask, settings: Settings, *, draft: bool) -> None:
    site = Site(
        title=Phrase("Co-production in {area}", area=settings.area_name),
        area=settings.area_name,
        forum=settings.forum_name,
        contact_email=settings.contact_email,
        demonstration=settings.demonstration,
        draft=draft,
        logo_url=settings.logo or None,
        sign_out_href=SIGN_OUT,
        letters_href=LETTERS if settings.demonstration and not settings.sends_letters else None,
    )

    addresses: dict[str, str] = {}

    def link(label: str, endpoint: str) -> Link:
        if endpoint not in addresses:
            addresses[endpoint] = url_for(endpoint)
        href = addresses[endpoint]
        return Link(label, href, current=request.path == href or request.path.startswith(f"{href}/"))

    @app.context_processor
    def shown_on_every_page() -> dict[str, Any]:
        visitor = Visitor(current_actor().signed_in, current_name())
        own = OWN_PAGES if visitor.signed_in else ((N_("Sign in"), "security.login"),)
        nav = tuple(link(*entry) for entry in (*PUBLIC_PAGES, *own) if entry[1] in app.view_functions)
        canonical = settings.base_url + quote(request.path)
        return {"site": site, "nav": nav, "actor": visitor, "canonical": canonical}
