from flask import Blueprint, render_template

from coprod.errors import NotFound
from coprod.framework import in_words
from coprod.framework.model import Framework, UnknownCode
from coprod.framework.queries import current_framework
from coprod.web.access import public

bp = Blueprint("framework", __name__)


@bp.get("/framework")
@public(cached=True)
def standards() -> str:
    """The standards whole, for reading and for printing."""
    framework = current_framework()
    asked = {level.code: [in_words.asked(framework, c) for c in level.conditions] for level in framework.levels}
    return render_template("framework/standards.html", framework=framework, asked=asked)


@bp.get("/framework/<code>")
@public(cached=True)
def question(code: str) -> str:
    """One question with all its words. What somebody typed as a code is not repeated back to them."""
    framework = current_framework()
    try:
        found = framework.question(code)
    except UnknownCode:
        raise NotFound from None
    value = framework.value_of(code)
    return render_template(
        "framework/question.html",
        framework=framework,
        question=found,
        value=value,
        value_index=framework.values.index(value),
        place=value.questions.index(found) + 1,
        of=len(value.questions),
        steps=in_words.steps(framework, code),
        **_neighbours(framework, code),
    )


def _neighbours(framework: Framework, code: str) -> dict[str, object]:
    codes = [question.code for question in framework.questions]
    here = codes.index(code)
    before = framework.questions[here - 1] if here else None
    after = framework.questions[here + 1] if here + 1 < len(codes) else None
    return {"before": before, "after": after}
