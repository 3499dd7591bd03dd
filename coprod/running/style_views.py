"""HTTP: the style page, where every part and colour of the pages stands together; and an area's own colours."""

from fractions import Fraction

from flask import Response, current_app, render_template

from coprod import colours
from coprod.assessments import score_chart
from coprod.framework.queries import current_framework
from coprod.permissions import Action
from coprod.phrases import N_
from coprod.running.blueprint import bp
from coprod.web.access import needs, public
from coprod.web.navigation import COLOURS

PICTURES = [
    "speech",
    "people",
    "building",
    "promise",
    "before",
    "after",
    "done",
    "why",
    "day",
    "told",
    "better",
    "search",
    "check",
    "lock",
]
KEPT = "public, max-age=31536000, immutable"  # The address changes with the content.


@bp.get("/style")
@needs(Action.SEE_WORKINGS)
def style() -> str:
    """What pages are made of, as this area has it, with the contrast of its colours as it is measured."""
    light, dark = current_app.extensions[COLOURS]
    values = current_framework().values
    scores = [(value.name, Fraction(90 - 16 * place)) for place, value in enumerate(values)]
    return render_template(
        "running/style.html",
        schemes=((N_("Light"), light, colours.pairs(light)), (N_("Dark"), dark, colours.pairs(dark))),
        chart=score_chart.drawn(scores, None),
        scores=[(name, score_chart.text(score)) for name, score in scores],
        values=values,
        levels=current_framework().levels,
        pictures=PICTURES,
    )


@bp.get("/colours.css")
@public(cached=True)
def own_colours() -> Response:
    """The colours that this area chose instead of ours. The page's own rules stand in static/."""
    words = colours.stylesheet(*current_app.extensions[COLOURS])
    return Response(words, mimetype="text/css", headers={"Cache-Control": KEPT})
