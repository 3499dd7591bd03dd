"""What the open data are, for programs: an OpenAPI 3.1 document, put together from the routes that serve them.

Each route says beside its address what it gives and what it can be asked; its docstring's first line says what it is.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask
from werkzeug.routing import Rule

from coprod.web import deployment
from coprod.web.open_data import ATTRIBUTE as OPEN
from coprod.web.open_data import LICENCES, RELEASE

View = TypeVar("View", bound=Callable[..., Any])
Schema = Mapping[str, Any]
ATTRIBUTE = "described"
LONGEST = 200
TEXT: Schema = {"type": "string", "maxLength": LONGEST}
NO_DAY: Schema = {"type": ["string", "null"], "format": "date"}
DAY: Schema = {"type": "string", "format": "date"}
NUMBER: Schema = {"type": "integer", "minimum": 0}


@dataclass(frozen=True, slots=True)
class Asks:
    """One thing that an address can be asked: a filter, or where to go on."""

    name: str
    words: str
    schema: Schema = field(default_factory=lambda: TEXT)


@dataclass(frozen=True, slots=True)
class Described:
    """What a route gives."""

    kind: str
    schema: Schema | None
    asks: Sequence[Asks]
    may_be_missing: bool
    limited: bool


def gives(
    kind: str,
    schema: Schema | None = None,
    *,
    asks: Sequence[Asks] = (),
    may_be_missing: bool = False,
    limited: bool = False,
) -> Callable[[View], View]:
    """Say what a route of open data gives: its media type, and for JSON its shape."""

    def mark(view: View) -> View:
        setattr(view, ATTRIBUTE, Described(kind, schema, tuple(asks), may_be_missing, limited))
        return view

    return mark


def rows(name: str, fields: Mapping[str, str], shapes: Mapping[str, Schema]) -> Schema:
    """The shape of a file of rows: when it was made, its licence, what its fields mean, and the rows."""
    row = {each: {**shapes.get(each, {"type": "string"}), "description": words} for each, words in fields.items()}
    licence = shape({"name": {"type": "string"}, "address": {"type": "string", "format": "uri"}})
    meanings = {"type": "object", "additionalProperties": {"type": "string"}}
    return shape(
        {"made_on": DAY, "licence": licence, "fields": meanings, name: {"type": "array", "items": shape(row)}}
    )


def shape(properties: Mapping[str, Any]) -> Schema:
    """An object with these properties, all of them and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def document(app: Flask) -> dict[str, Any]:
    """Everything that is described, in the order of its addresses."""
    settings = deployment.settings()
    name, address = LICENCES[settings.data_licence]
    described = {
        _template(rule): {"get": _operation(app, rule)}
        for rule in sorted(app.url_map.iter_rules(), key=str)
        if hasattr(app.view_functions[rule.endpoint], ATTRIBUTE)
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Co-production in {settings.area_name}: open data",
            "version": RELEASE,
            "description": "Who has signed the charter, what changed because of families, and the register of both. "
            "It is read only. Any website may ask for it. Whoever sends the ETag of the last answer in "
            "If-None-Match is answered 304 while nothing has changed. What an address asks for and can't mean "
            "is left out.",
            "contact": {"email": settings.contact_email},
            "license": {"name": name, "url": address},
        },
        "servers": [{"url": settings.base_url}],
        "paths": described,
    }


def _template(rule: Rule) -> str:
    return re.sub(r"<(?:[^<>]*:)?([^<>:]+)>", r"{\1}", rule.rule)


def _operation(app: Flask, rule: Rule) -> dict[str, Any]:
    view = app.view_functions[rule.endpoint]
    said: Described = getattr(view, ATTRIBUTE)
    content = {said.kind: {"schema": said.schema} if said.schema else {}}
    answers: dict[str, Any] = {"200": {"description": "As asked for", "content": content}}
    if getattr(view, OPEN, False):
        answers["200"]["headers"] = {"ETag": {"schema": {"type": "string"}}}
        answers["304"] = {"description": "Nothing has changed"}
    if "slug" in rule.arguments:
        answers["301"] = {"description": "The same school has another address today"}
    if rule.arguments or said.may_be_missing:
        answers["404"] = {"description": "There is no such thing"}
    if said.limited:
        answers["429"] = {"description": "Asked for too often what is not there"}
    return {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": (view.__doc__ or "").strip().splitlines()[0],
        "parameters": [*map(_in_path, sorted(rule.arguments)), *map(_in_query, said.asks)],
        "responses": answers,
    }


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": TEXT}


def _in_query(asked: Asks) -> dict[str, Any]:
    return {"name": asked.name, "in": "query", "description": asked.words, "schema": asked.schema}
