"""Refusals and faults as pages: what happened, and what to do next, in plain words."""

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError

from coprod.database import db, is_away
from coprod.errors import Busy, DomainError, NotFound
from coprod.phrases import N_, Phrase
from coprod.transaction import undo
from coprod.web import access, files, keeping, onward
from coprod.web.deployment import settings

Answer = tuple[str, int] | tuple[str, int, dict[str, str]]

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
TITLES = {
    400: N_("That did not work"),
    401: N_("Sign in first"),
    403: N_("You can't do this"),
    404: N_("Page not found"),
    405: N_("That did not work"),
    409: N_("This has moved on"),
    413: N_("That is too big"),
    422: N_("That can't be done"),
    429: N_("Too many tries"),
    500: N_("Sorry, something went wrong"),
    503: N_("Try again in a minute"),
}
WORDS = {
    400: N_("Something in the address or the form was not as we expected. Go back and try again."),
    404: N_("If you typed the address, check it is right. If you followed a link, it may be old."),
    405: N_("This page can't be used that way. Go back and try again."),
    413: N_("What you sent is bigger than we can take."),
    429: N_("You have tried this many times in a short while. Wait a minute, then try again."),
    500: N_("It is our fault, not yours. We keep a note of it. Try again in a few minutes."),
}
FILE = N_(
    "A file can be up to {most} MB. Pictures take the most room: make them smaller in the program that made the file, "
    "or send only the pages that matter."
)
OPEN_AGAIN = N_("Open the page that you were on again")
SIGNED_OUT = N_("You were signed out before your file arrived, so we did not keep it.")


def install(app: Flask) -> None:
    @app.errorhandler(DomainError)
    def refused(refusal: DomainError) -> Answer:
        before = onward.came_from()  # To reload the answer to a form would send the form again.
        there = before and not isinstance(refusal, NotFound)  # What is not there has no page either.
        return page(refusal.status, refusal.message, *([(OPEN_AGAIN, before)] if there else []))

    @app.errorhandler(CSRFError)
    def form_too_old(_fault: CSRFError) -> Answer:
        held = keeping.of_another_session()
        return held or page(400, N_("This form was open for too long. Go back, reload the page, and send it again."))

    @app.errorhandler(SQLAlchemyError)
    def database_away(fault: SQLAlchemyError) -> Answer:
        if not is_away(fault):
            raise fault
        app.logger.exception("database does not answer")
        return page(503, Busy.message)

    @app.errorhandler(HTTPException)
    def http(fault: HTTPException) -> Answer:
        original = getattr(fault, "original_exception", None)
        if isinstance(original, SQLAlchemyError) and is_away(original):
            return page(503, Busy.message)
        status = fault.code or 500
        if status == 413 and files.are_taken():
            return _file_too_big()
        if isinstance(fault, SecurityError):  # A host that is not ours: no address can be built for a page.
            return f"Nothing is at this address. This site is at {settings().base_url}\n", status, PLAIN
        return page(status, WORDS.get(status, WORDS[400]))

    app.teardown_request(let_go)


def let_go(_fault: BaseException | None) -> None:
    """The answer is made: a database that went away meanwhile has no say in it any more."""
    if db.session.registry.has():
        undo()


def page(status: int, words: str, *next_pages: tuple[str, str]) -> Answer:
    """One error page, with links to go on by. A half-done change never survives it."""
    undo()
    title = TITLES.get(status, TITLES[400])
    if request.path.endswith((".json", ".jsonl", ".csv", ".svg")):
        return f"{title}. {words}\n", status, PLAIN
    try:
        answer = render_template("layout/error.html", heading=title, words=words, next=next_pages), status
    except SQLAlchemyError:  # Nobody can be asked who this is: the page as everybody has it.
        access.ask_nobody()
        answer = render_template("layout/error.html", heading=title, words=words), status
    return (*answer, {"Retry-After": "30"}) if status == 503 else answer


def _file_too_big() -> Answer:
    """Who is signed in may send a large file, and is told how large. Who is not any more must sign in first."""
    here = request.full_path.rstrip("?")
    if not access.current_actor().signed_in:
        return page(401, SIGNED_OUT, (N_("Sign in, and choose the file again"), here))
    return page(413, Phrase(FILE, most=settings().largest_file_mb), (N_("Choose another file"), here))
