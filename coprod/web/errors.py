"""Refusals and faults as pages: what happened, and what to do next, in plain words."""

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError

from coprod.database import is_away
from coprod.errors import Busy, DomainError
from coprod.transaction import undo
from coprod.web import access, keeping

Answer = tuple[str, int] | tuple[str, int, dict[str, str]]

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
TITLES = {
    400: "That did not work",
    401: "Sign in first",
    403: "You can't do this",
    404: "Page not found",
    405: "That did not work",
    409: "This has moved on",
    413: "That is too big",
    422: "That can't be done",
    429: "Too many tries",
    500: "Sorry, something went wrong",
    503: "Try again in a minute",
}
WORDS = {
    400: "Something in the address or the form was not as we expected. Go back and try again.",
    404: "If you typed the address, check it is right. If you followed a link, it may be old.",
    405: "This page can't be used that way. Go back and try again.",
    413: "What you sent is bigger than we can take.",
    429: "You have tried this many times in a short while. Wait a minute, then try again.",
    500: "It is our fault, not yours. We keep a note of it. Try again in a few minutes.",
}


def install(app: Flask) -> None:
    @app.errorhandler(DomainError)
    def refused(refusal: DomainError) -> Answer:
        return page(refusal.status, refusal.message)

    @app.errorhandler(CSRFError)
    def form_too_old(_fault: CSRFError) -> Answer:
        held = keeping.of_another_session()
        return held or page(400, "This form was open for too long. Go back, reload the page, and send it again.")

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
        if isinstance(fault, SecurityError):  # A host that is not ours: no address can be built for a page.
            return f"{WORDS[400]}\n", status, PLAIN
        return page(status, WORDS.get(status, WORDS[400]))


def page(status: int, words: str) -> Answer:
    """One error page. A half-done change never survives it."""
    undo()
    title = TITLES.get(status, TITLES[400])
    if request.path.endswith((".json", ".jsonl", ".csv", ".svg")):
        return f"{title}. {words}\n", status, PLAIN
    try:
        answer = render_template("layout/error.html", heading=title, words=words), status
    except SQLAlchemyError:  # Nobody can be asked who this is: the page as everybody has it.
        access.ask_nobody()
        answer = render_template("layout/error.html", heading=title, words=words), status
    return (*answer, {"Retry-After": "30"}) if status == 503 else answer
