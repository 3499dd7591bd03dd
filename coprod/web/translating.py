"""Templates in other languages: each language's are compiled apart, with its words in them.

So a page in English is made from just the words that stand in the template, and nothing is looked up for it.
`{% trans %}` holds HTML, `_("…")` holds words, and `| t` says in the page's language what a view hands over.
"""

import re
from collections.abc import Iterable, MutableMapping
from typing import Any

from flask import Flask, before_render_template
from flask.templating import Environment as FlaskEnvironment
from jinja2 import Template, TemplateAssertionError, nodes
from jinja2.compiler import CodeGenerator
from jinja2.visitor import NodeTransformer

from coprod.phrases import N_, NN_
from coprod.web.languages import (
    ENGLISH,
    Language,
    as_stored,
    as_written,
    choices,
    current,
    in_its_language,
    ours,
    plural_form,
    spoken,
    theirs,
    translated,
)

GAP = re.compile(r"%\((\w+)\)s")
SAID = ("text", "titleText", "label")
KEPT = "_trans"
AT_HOME = ("t", "terms", "said", "stored", "as_written")  # Filters that do nothing in English.
N_("There is a problem")  # The kit's own, and WTForms'.
N_("Not a valid choice.")
N_("Day")
N_("Month")
N_("Year")
# What the kit says of itself, and its name for it.
OF_FIELDS = {
    "textareaDescriptionText": N_("You can enter up to %{count} characters"),
    "charactersAtLimitText": N_("You have 0 characters remaining"),
}
OF_PASSWORDS = {
    "showPasswordText": N_("Show"),
    "hidePasswordText": N_("Hide"),
    "showPasswordAriaLabelText": N_("Show password"),
    "hidePasswordAriaLabelText": N_("Hide password"),
    "passwordShownAnnouncementText": N_("Your password is visible"),
    "passwordHiddenAnnouncementText": N_("Your password is hidden"),
}


class Translating(CodeGenerator):
    """Puts a language's words into a template before it is compiled."""

    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:  # noqa: N802  # the library's name
        language = getattr(self.environment, "language", ENGLISH)
        super().visit_Template(_Saying(language, self.name or "").visit(node), frame)


class Pages(FlaskEnvironment):
    """The site's templates, in English; and from the first page in another language on, the same in that one.

    Templates that add no names of their own share one map of names: comparing maps was a tenth of a page's cost.
    """

    code_generator_class = Translating
    language = ENGLISH
    others: "dict[str, Pages] | None" = None

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals

    def get_or_select_template(self, *asked: Any, **options: Any) -> Template:
        language = current()
        if language is self.language or self.others is None:
            return super().get_or_select_template(*asked, **options)
        return self._in(language).get_or_select_template(*asked, **options)

    def _in(self, language: Language) -> "Pages":
        others = {} if self.others is None else self.others
        if language.code not in others:
            made: Pages = self.overlay()
            made.language, made.others = language, None
            others[language.code] = made
        return others[language.code]


class _Saying(NodeTransformer):
    def __init__(self, language: Language, name: str) -> None:
        self.words = None if language is ENGLISH else language.catalogue
        self.name = name
        self.kept: nodes.Expr | None = None

    def said(self, text: str) -> str:
        return self.words.gettext(text) if self.words else text

    def visit_Assign(self, node: nodes.Assign) -> nodes.Node | None:  # noqa: N802
        """Jinja keeps the first gap in a name of its own, in case there is a plural; here it needs none."""
        if isinstance(node.target, nodes.Name) and node.target.name == KEPT:
            self.kept = self.visit(node.node)
            return None
        return self.generic_visit(node)

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:  # noqa: N802
        return self.kept if node.name == KEPT and self.kept is not None else node

    def visit_Output(self, node: nodes.Output) -> nodes.Node | list[nodes.Node]:  # noqa: N802
        """`{% trans %}`: HTML as the catalogue has it, with what fills its gaps escaped like anything else."""
        self.generic_visit(node)
        first = node.nodes[0] if node.nodes else None
        if isinstance(first, nodes.Call) and isinstance(first.node, nodes.Name):
            if first.node.name == "gettext":
                return self._html(first, self.said(_constant(first)))
            if first.node.name == "ngettext":
                return self._plural(first)
        return node

    def _html(self, call: nodes.Call, text: str) -> nodes.Output:
        gaps = {each.key: each.value for each in call.kwargs}
        found: list[nodes.Expr] = []
        for number, piece in enumerate(GAP.split(text)):
            if number % 2:
                found.append(self._gap(call, gaps, piece))
            elif piece:
                found.append(nodes.TemplateData(piece.replace("%%", "%"), lineno=call.lineno))
        return nodes.Output(found, lineno=call.lineno)

    def _plural(self, call: nodes.Call) -> nodes.Node:
        """One piece of the template for each form that the language has."""
        one, many = (each.value for each in call.args[:2] if isinstance(each, nodes.Const))
        number = call.args[2]
        if "num" not in {each.key for each in call.kwargs}:
            call.kwargs.append(nodes.Keyword("num", number, lineno=call.lineno))
        if self.words is None:
            test = nodes.Compare(number, [nodes.Operand("eq", nodes.Const(1))], lineno=call.lineno)
            return nodes.If(test, [self._html(call, one)], [], [self._html(call, many)], lineno=call.lineno)
        forms = dict.fromkeys(self.words.ngettext(one, many, n) for n in range(120))
        chosen = nodes.Call(nodes.Name("plural_form", "load"), [*call.args], [], None, None, lineno=call.lineno)
        *rest, last = forms
        made: list[nodes.Node] = [self._html(call, last)]
        for form in rest:
            test = nodes.Compare(chosen, [nodes.Operand("eq", nodes.Const(form))], lineno=call.lineno)
            made = [nodes.If(test, [self._html(call, form)], [], made, lineno=call.lineno)]
        return made[0]

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802
        """`_("…")`: words, with what fills their gaps; all of it is escaped where it is shown."""
        self.generic_visit(node)
        if not (isinstance(node.node, nodes.Name) and node.node.name == "_"):
            return node
        text = self.said(_constant(node))
        if not node.kwargs:
            return nodes.Const(text, lineno=node.lineno)
        gaps = {each.key: each.value for each in node.kwargs}
        pieces: list[nodes.Expr] = [
            self._gap(node, gaps, piece) if number % 2 else nodes.Const(piece.replace("%%", "%"), lineno=node.lineno)
            for number, piece in enumerate(GAP.split(text))
            if piece
        ]
        return nodes.Concat(pieces, lineno=node.lineno)

    def visit_Filter(self, node: nodes.Filter) -> nodes.Expr:  # noqa: N802
        self.generic_visit(node)
        if node.name in AT_HOME and self.words is None and node.node is not None:
            return node.node
        return node

    def _gap(self, call: nodes.Call, gaps: dict[str, nodes.Expr], name: str) -> nodes.Expr:
        if name not in gaps:
            raise TemplateAssertionError(f"nothing fills the gap %({name})s", call.lineno, self.name)
        return gaps[name]


def _constant(call: nodes.Call) -> str:
    first = call.args[0]
    if not isinstance(first, nodes.Const):
        raise TemplateAssertionError("only words that stand in the template can be translated", call.lineno)
    return str(first.value)


def install(app: Flask) -> None:
    env = app.jinja_env
    env.others = {}  # type: ignore[attr-defined]  # it is a Pages
    env.add_extension("jinja2.ext.i18n")
    env.newstyle_gettext = True  # type: ignore[attr-defined]  # the extension reads it
    env.filters.update(t=translated, terms=_terms, said=said, stored=as_stored, as_written=as_written)
    env.globals.update(plural_form=plural_form, languages=choices, language=current, theirs=theirs, ours=ours)
    env.globals.update(spoken=spoken, in_its_language=in_its_language)
    before_render_template.connect(_say_fields, app)


def _terms(rows: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Rows of a term, which is ours, and of what it is, which may be anybody's."""
    return [(translated(term), value) for term, value in rows]


def _say_fields(_app: Flask, *, template: Template, context: dict[str, Any], **_more: Any) -> None:
    """The kit's fields say their labels, hints and errors in the page's language."""
    if current() is not ENGLISH and "params" in context:
        params = context["params"] = said(context["params"])
        if params.get("errorMessage"):
            params["errorMessage"].setdefault("visuallyHiddenText", translated(N_("Error")))
        if "maxlength" in params:
            params |= _count()
        if (template.name or "").endswith("password.html"):
            params |= {name: translated(text) for name, text in OF_PASSWORDS.items()}


def said(params: Any) -> Any:
    """What the kit is to show, with its words in the page's language."""
    if isinstance(params, dict):
        return {
            name: translated(value) if name in SAID and isinstance(value, str) else said(value)
            for name, value in params.items()
        }
    return [said(each) for each in params] if isinstance(params, list) else params


def _count() -> dict[str, Any]:
    """What stands below a text that may have only so many characters, as the kit's script says it."""
    left = NN_("You have %{count} character remaining", "You have %{count} characters remaining")
    over = NN_("You have %{count} character too many", "You have %{count} characters too many")
    return {
        **{name: translated(text) for name, text in OF_FIELDS.items()},
        "charactersUnderLimitText": _forms(*left),
        "charactersOverLimitText": _forms(*over),
    }


def _forms(one: str, many: str) -> dict[str, str]:
    """By the names that browsers give to the forms of a plural."""
    samples = {"one": 1, "few": 2, "many": 5, "other": 100}
    return {name: plural_form(one, many, number) for name, number in samples.items()}
