from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from flask import Blueprint, Response, render_template, url_for

from coprod.errors import NotFound
from coprod.framework import in_words, on_paper
from coprod.framework.model import Audience, Framework, UnknownCode
from coprod.framework.on_paper import Print
from coprod.framework.queries import current_framework, library
from coprod.framework.translation import said_question, said_value
from coprod.framework.workbook import Tied, answers_workbook
from coprod.phrases import N_
from coprod.web import paper
from coprod.web.access import public
from coprod.web.languages import current, translated
from coprod.web.limits import limited

bp = Blueprint("framework", __name__)

printing = limited("print")
Choice = TypeVar("Choice", bound=StrEnum)


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
    words = library().translation(framework, current().code)
    said, said_of = said_question(found, words), said_value(value, words)
    return render_template(
        "framework/question.html",
        framework=framework,
        question=said.question,
        said_in=said.language,
        value=said_of.value,
        value_said_in=said_of.language,
        value_index=framework.values.index(value),
        place=value.questions.index(found) + 1,
        of=len(value.questions),
        steps=in_words.steps(framework, code, said.question),
        **_neighbours(framework, code),
    )


@bp.get("/framework/papers")
@public(cached=True)
def papers() -> str:
    """What can be taken away: the pack for a meeting, and blank copies."""
    return render_template("framework/papers.html", framework=current_framework(), layouts=tuple(Print))


@bp.get("/framework/pack/<layout>")
@public(cached=True)
def pack(layout: str) -> str:
    """The pack for a meeting with families, as a page."""
    return render_template(
        "framework/pack.html",
        framework=current_framework(),
        layout=_chosen(Print, layout),
        organisation="",
        crumbs=[
            (translated(N_("The standards")), url_for(".standards")),
            (translated(N_("On paper and in a spreadsheet")), url_for(".papers")),
        ],
    )


@bp.get("/framework/pack/<layout>.pdf")
@public(cached=True)
@printing
def pack_document(layout: str) -> Response:
    chosen = _chosen(Print, layout)
    made = _pack(current_framework(), chosen, current().code)
    return paper.handed_over(made, name=f"meeting-pack-{chosen.value}.pdf")


@bp.get("/framework/copy/<audience>.pdf")
@public(cached=True)
@printing
def blank_document(audience: str) -> Response:
    """The self-assessment to fill in by hand."""
    chosen = _chosen(Audience, audience)
    made = _blank(current_framework(), chosen, current().code)
    return paper.handed_over(made, name=f"self-assessment-{chosen.value}.pdf")


@bp.get("/framework/copy/<audience>.xlsx")
@public(cached=True)
@printing
def blank_workbook(audience: str) -> Response:
    """The self-assessment to fill in as a spreadsheet, and to bring back later."""
    chosen, framework = _chosen(Audience, audience), current_framework()
    made = answers_workbook(framework, on_paper.values(framework, chosen), Tied())
    return paper.handed_over(made, name=f"self-assessment-{chosen.value}.xlsx")


@lru_cache(maxsize=8)
def _pack(framework: Framework, layout: Print, language: str) -> bytes:
    """Made once in each process for each layout and language: the standards of a process do not change."""
    return paper.document("framework/pack_paper.html", framework=framework, layout=layout, organisation="")


@lru_cache(maxsize=4)
def _blank(framework: Framework, audience: Audience, language: str) -> bytes:
    return paper.document(
        "framework/copy_paper.html",
        framework=framework,
        organisation="",
        audience_name=framework.audiences[audience],
        as_of="",
        values=on_paper.values(framework, audience),
    )


def _chosen(kind: type[Choice], word: str) -> Choice:
    """A layout or an audience by its word in the address."""
    try:
        return kind(word)
    except ValueError:
        raise NotFound from None


def _neighbours(framework: Framework, code: str) -> dict[str, object]:
    codes = [question.code for question in framework.questions]
    here = codes.index(code)
    before = framework.questions[here - 1] if here else None
    after = framework.questions[here + 1] if here + 1 < len(codes) else None
    return {"before": before, "after": after}
