"""HTTP: the coordinator says under which new official number a school goes on."""

from uuid import UUID

from flask import redirect, render_template, request, url_for

from coprod.charter import succession
from coprod.charter.blueprint import Answer, bp, shown, who_and_when
from coprod.charter.forms import SucceedForm
from coprod.errors import Invalid
from coprod.organisations import queries as organisations
from coprod.permissions import Action
from coprod.phrases import Phrase
from coprod.transaction import transaction
from coprod.web.access import needs
from coprod.web.forms import explain
from coprod.web.notices import flash

LONGEST_SEARCH = 200


@bp.get("/organisations/<uuid:organisation_id>/became")
@needs(Action.LINK_SUCCESSOR)
def became(organisation_id: UUID) -> str:
    """Look for the new school."""
    text = "".join(c for c in request.args.get("q", "")[:LONGEST_SEARCH] if c.isprintable()).strip()
    found = organisations.find(text).rows if text else ()
    rows = [each for each in found if each.id != organisation_id]
    return render_template(
        "charter/became.html", school=organisations.shown(organisation_id), text=text, rows=rows
    )


@bp.route("/organisations/<uuid:organisation_id>/became/<uuid:new_id>", methods=["GET", "POST"])
@needs(Action.LINK_SUCCESSOR)
def succeed(organisation_id: UUID, new_id: UUID) -> Answer:
    """Say what will happen, and do it."""
    school, new, form = organisations.get(organisation_id), organisations.get(new_id), SucceedForm()
    if form.validate_on_submit():
        name = new.name
        try:
            with transaction():
                succession.succeed(school, new, **who_and_when())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(Phrase("Done. It goes on here as {name}.", name=name))
            return redirect(url_for("accounts.members", organisation_id=organisation_id))
    old_and_new = organisations.shown(organisation_id), organisations.shown(new_id)
    return shown("charter/succeed.html", form, school=old_and_new[0], new=old_and_new[1])
