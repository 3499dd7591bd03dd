"""What somebody typed is not lost when their session is over: the page that asks them to sign in again holds it.

Nothing is kept on the server. It is safe, because a form is held only when its token names the person whom its page was
made for, which nobody else can forge, and it is taken only with a fresh token of that same person's new session.
"""

from dataclasses import dataclass

from flask import Flask, current_app, render_template, request
from werkzeug.datastructures import MultiDict

from coprod.text import has_words
from coprod.web import csrf
from coprod.web.access import Access, access_of, current_actor

Answer = tuple[str, int]
SECRET = ("password", "present")  # Parts of the names of fields that no page ever holds.
TELLING = 20  # characters: what is longer somebody wrote, and wants to see that it is there


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as it was sent: where to, each field, and what of it reads as words."""

    address: str
    fields: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    files: bool
    token: str


def install(app: Flask) -> None:
    @app.before_request
    def hold_what_is_typed() -> Answer | None:
        """A form of somebody whose session is over is held, instead of sending them to sign in without it."""
        stated = access_of(app, request.endpoint) if request.endpoint else None
        if request.method != "POST" or stated is None or _is_for_anyone(stated) or current_actor().signed_in:
            return None
        if request.headers.get("Accept") == "application/json":
            return None  # A script asks: its page still holds what is typed.
        return sign_in_again() if csrf.owner() else None


def _is_for_anyone(stated: Access) -> bool:
    """Public pages, and those of the second step, for which nobody need be signed in yet."""
    return stated.anyone or stated.first_step


def sign_in_again() -> Answer:
    return render_template("layout/keep_sign_in.html", kept=_kept()), 401


def show_who_you_are() -> Answer:
    """For a decision that asks for the password again."""
    return render_template("layout/keep_prove.html", kept=_kept()), 401


def of_another_session() -> Answer | None:
    """What to answer to a form whose token is not this session's; None where it is nobody's, or somebody else's."""
    stated = access_of(current_app, request.endpoint or "")
    owner = csrf.owner() if csrf.comes_from_here() else None
    if owner is None or stated is None or _is_for_anyone(stated):
        return None
    if not current_actor().signed_in:
        return sign_in_again()
    if owner != current_actor().person_id:
        return None
    return render_template("layout/keep_send.html", kept=_kept()), 400


def _kept() -> Kept:
    form: MultiDict[str, str] = request.form
    fields = tuple(
        (name, value)
        for name, value in form.items(multi=True)
        if name != csrf.FIELD and not any(part in name for part in SECRET)
    )
    words = tuple(value for _, value in fields if len(value) >= TELLING and has_words(value))
    return Kept(request.full_path.rstrip("?"), fields, words, bool(request.files), form.get(csrf.FIELD, ""))
