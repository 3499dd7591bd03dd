"""What is kept about oneself, and leaving."""

import json
from datetime import datetime

from flask import Response, redirect, render_template, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from coprod.accounts import leaving, own_data
from coprod.accounts.blueprint import bp
from coprod.accounts.models import Person
from coprod.accounts.people_forms import EraseForm
from coprod.database import db
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, public, signed_in
from coprod.web.recently import recent

Page = AnyResponse | str | tuple[str, int]


@bp.get("/account/data")
@signed_in
def own_data_page() -> str:
    """Everything that is kept about whoever asks, to read."""
    data = own_data.of(_myself())
    return render_template("accounts/own_data.html", about=own_data.about(data), tables=own_data.tables(data))


@bp.get("/account/data.json")
@signed_in
@recent
def own_data_file() -> AnyResponse:
    """The same for programs."""
    text = json.dumps(own_data.of(_myself()), ensure_ascii=False, indent=1, default=datetime.isoformat)
    disposition = 'attachment; filename="my-data.json"'
    return Response(text, mimetype="application/json", headers={"Content-Disposition": disposition})


@bp.route("/account/leave", methods=["GET", "POST"])
@signed_in
@recent
def leave() -> Page:
    """Asks first, and says what stands against it: erasing can't be undone."""
    form = EraseForm()
    if form.validate_on_submit():
        with transaction():
            leaving.erase(_myself(), actor=current_actor(), now=clock.now())
        session.clear()
        return redirect(url_for(".left"))
    stops = leaving.in_the_way(_myself(), current_actor())
    page = render_template("accounts/leave.html", form=form, stops=stops)
    return (page, 422) if form.errors else page


@bp.get("/account/left")
@public
def left() -> str:
    return render_template("accounts/left.html")


def _myself() -> Person:
    return db.session.get_one(Person, current_actor().person_id)
