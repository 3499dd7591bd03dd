"""HTTP: choosing how pages look and how much they say, without an account."""

from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovSubmitInput
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectMultipleField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs

from coprod.directory.blueprint import bp
from coprod.phrases import N_
from coprod.web import onward, reading
from coprod.web.access import public

WORDS = {
    "large": N_("Every word is a third larger than usual."),
    "contrast": N_("Black and white, with thick lines."),
    "plain": N_("What is for families is said in short sentences, with a picture beside each."),
}
NAMES = {"large": N_("Large print"), "contrast": N_("Strong contrast"), "plain": N_("Few words, with pictures")}


class ReadingForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    ways = SelectMultipleField(
        N_("How should pages look?"),
        choices=[SelectChoice(value, label) for value, label in NAMES.items()],
        description=N_("Choose as many as you like. Choose none for the usual way."),
        widget=GovCheckboxesInput(),
    )
    back_to = HiddenField()
    submit = SubmitField(N_("Show pages like this"), widget=GovSubmitInput())


@bp.route("/reading", methods=["GET", "POST"])
@public
def how_to_read() -> Response | str | tuple[str, int]:
    """One form for anybody, from any page, and back to that page."""
    form = ReadingForm(data={"ways": reading.current().ways, "back_to": _came_from()})
    if not form.validate_on_submit():
        page = render_template("directory/reading.html", form=form, words=WORDS)
        return (page, 422) if form.errors else page
    answer = redirect(_back(form.back_to.data or ""))
    reading.keep(answer, reading.chosen(form.ways.data or []))
    return answer


def _came_from() -> str:
    """The page of this site that led here, as the browser says. It never stands in an address: it may be a secret."""
    parts = urlsplit(request.referrer or "")
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _back(asked: str) -> str:
    """That page, where it is one of this site, or the front page."""
    path, start = urlsplit(asked).path, url_for(onward.START)
    found = onward.page_at(asked)
    return url_for(".home") if path == request.path or (found == start and path != start) else found
