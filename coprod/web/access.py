"""Access to routes: refused unless the route says who may come in. What a person may do there, operations decide."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from flask import Flask, Response, abort, current_app, g, has_app_context, redirect, request, session, url_for
from flask_login import AnonymousUserMixin, current_user
from werkzeug.wrappers import Response as AnyResponse

from coprod.errors import NotFound
from coprod.permissions import ANONYMOUS, Action, Actor, can
from coprod.web import csrf

View = TypeVar("View", bound=Callable[..., Any])
ATTRIBUTE = "access"
SECOND_STEP = "coprod.second_step"
ASKING = "coprod_asking"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who the request comes from."""

    actor: Actor
    name: str


@dataclass(frozen=True, slots=True)
class Access:
    """What a route demands before it runs. `cached` pages are the same for everyone who is not signed in.

    `first_step` pages are for whoever has passed the first step of signing in, whether or not they owe the second.
    """

    anyone: bool = False
    action: Action | None = None
    cached: bool = False
    first_step: bool = False


@overload
def public(view: View) -> View: ...


@overload
def public(*, cached: bool) -> Callable[[View], View]: ...


def public(view: View | None = None, *, cached: bool = False) -> View | Callable[[View], View]:
    """Anyone may come in. With `cached`, the page may be kept and shared with all who are not signed in."""

    def mark(view: View) -> View:
        setattr(view, ATTRIBUTE, Access(anyone=True, cached=cached))
        return view

    return mark(view) if view is not None else mark


def signed_in(view: View) -> View:
    """Anyone with an account may come in; the view's queries and operations decide what they find."""
    setattr(view, ATTRIBUTE, Access())
    return view


def first_step(view: View) -> View:
    """Anyone who passed the first step of signing in may come in: the pages of the second step, and no others."""
    setattr(view, ATTRIBUTE, Access(first_step=True))
    return view


def needs(action: Action) -> Callable[[View], View]:
    """Only people who may do `action` somewhere in the area come in. To others the page does not exist."""

    def mark(view: View) -> View:
        setattr(view, ATTRIBUTE, Access(action=action))
        return view

    return mark


def current_actor() -> Actor:
    """Who is asking: the signed-in person's roles and memberships as they stand now, or nobody.

    Whoever owes the second step of signing in is nobody yet. Asked once in a request, and again when a decision has
    changed people or their parts, or somebody has signed in or out.
    """
    return _asking().actor


def current_name() -> str:
    """The name of the signed-in person, or nothing."""
    return _asking().name


def ask_again() -> None:
    """Forget who is asking: something about them may have changed."""
    if has_app_context():
        g.pop(ASKING, None)


def ask_nobody() -> None:
    """For the rest of this request it is nobody who asks: the database can't say who it is."""
    setattr(g, ASKING, Asking(ANONYMOUS, ""))
    g._login_user = AnonymousUserMixin()  # Where the library keeps who it is.


def _asking() -> Asking:
    found: Asking | None = g.get(ASKING)
    if found is None:
        person = current_user._get_current_object()  # Looked up once, not at each question about them.
        actor: Actor = ANONYMOUS if _owes_second_step(person) else getattr(person, "actor", ANONYMOUS)
        found = Asking(actor, getattr(person, "name", ""))
        setattr(g, ASKING, found)
    return found


def _owes_second_step(person: Any) -> bool:
    owes: Callable[[Any], bool] = current_app.extensions[SECOND_STEP]
    return bool(person.is_authenticated and owes(person))


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What the route states, or None where it states nothing (and is refused)."""
    return getattr(app.view_functions.get(endpoint), ATTRIBUTE, None)


def enforce(app: Flask, *, owes_second_step: Callable[[Any], bool]) -> None:
    """Put the door in front of every route of `app`. `owes_second_step` says of a person if this session owes it."""
    app.extensions[SECOND_STEP] = owes_second_step

    @app.before_request
    def door() -> AnyResponse | None:
        if request.endpoint is None:
            return None  # No such route: the 404 page answers.
        stated = access_of(app, request.endpoint)
        if stated is None:
            abort(403)
        if stated.anyone or (stated.first_step and current_user.is_authenticated):
            return None
        actor = current_actor()
        if not actor.signed_in:
            return _asked_to_sign_in()
        if stated.action is not None and not can(actor, stated.action):
            raise NotFound
        return None

    @app.after_request
    def say_what_may_be_kept(response: Response) -> Response:
        stated = access_of(app, request.endpoint) if request.endpoint else None
        shared = bool(stated and stated.cached and response.status_code == 200 and _same_for_everybody())
        request.environ["coprod.shared_page"] = shared
        if shared:
            response.headers.setdefault("Cache-Control", "public, max-age=0, must-revalidate")
        elif request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response


def _asked_to_sign_in() -> AnyResponse:
    """To the step of signing in that is next, and from there on to the page that was asked for."""
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    half_way = current_user.is_authenticated
    return redirect(url_for("accounts.verify" if half_way else "security.login", next=here))


def _same_for_everybody() -> bool:
    """A page made for somebody signed in, that starts a session, or that holds a form's token, is theirs alone."""
    return not session.modified and csrf.FIELD not in g and not current_actor().signed_in
