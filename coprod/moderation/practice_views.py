from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.framework.queries import current_framework
from coprod.moderation import practising
from coprod.moderation.blueprint import bp
from coprod.moderation.forms import PractiseForm
from coprod.permissions import Action
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, needs


@bp.get("/moderation/practice")
@needs(Action.PRACTISE)
def practise() -> Response:
    """The practice set of the standards that are used today."""
    return redirect(url_for(".practice", version=current_framework().version))


@bp.get("/moderation/practice/<version>")
@needs(Action.PRACTISE)
def practice(version: str) -> str:
    """The invented answers, and how far this reviewer has got with them."""
    return render_template("moderation/practice.html", page=practising.practice_page(version, current_actor()))


@bp.route("/moderation/practice/<version>/<sample>", methods=["GET", "POST"])
@needs(Action.PRACTISE)
def sample(version: str, sample: str) -> Response | str | tuple[str, int]:
    """One invented answer: rate it, then see what was agreed for it and why."""
    actor = current_actor()
    page = practising.sample_page(version, sample, actor, again="again" in request.args)
    form = PractiseForm()
    form.offer(page.cards)
    if form.validate_on_submit():
        with transaction():
            practising.rate_sample(version, sample, rating=int(form.rating.data), actor=actor, now=clock.now())
        return redirect(url_for(".sample", version=version, sample=sample))
    shown = render_template("moderation/sample.html", page=page, form=form)
    return (shown, 422) if form.errors else shown
