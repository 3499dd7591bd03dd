"""What an app of its own would do again for each test with the same outcome is done once for each process.

Without this, making the app takes 60 ms, and its first page 200 ms more: nearly all of it to turn the same addresses
and the same templates into the same code.
"""

from collections.abc import Callable
from pathlib import Path
from types import CodeType, MethodType, SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment, nodes
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from coprod.framework import queries
from coprod.framework.library import Library
from coprod.framework.load import load_library
from coprod.settings import Settings
from coprod.web import paper, press

SHIPPED: Path = Settings.model_fields["frameworks"].get_default().resolve()


def install(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Rule, "compile", _once_for_each_address(Rule.compile))
    patch.setattr(Environment, "compile", _once_for_each_template(Environment.compile))
    patch.setattr(queries, "load_library", _once_for_the_shipped(load_library))
    _once_for_each_statement(patch)
    patch.setattr(paper, "press", SimpleNamespace(printed=_once_for_each_page(press.printed)))


def _once_for_each_address(compiled: Callable[[Rule], None]) -> Callable[[Rule], None]:
    """What a rule makes of its address depends on the address and its defaults alone."""
    kept: dict[tuple[object, ...], Rule] = {}

    def compile_rule(rule: Rule) -> None:
        known = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, repr(rule.defaults))
        if known not in kept:
            compiled(rule)
            kept[known] = rule
            return
        same = kept[known]
        rule._parts, rule._trace, rule._converters = same._parts, same._trace, same._converters
        rule.arguments |= same.arguments
        rule._build = MethodType(same._build.__func__, rule)  # type: ignore[attr-defined]  # both are bound methods
        rule._build_unknown = MethodType(same._build_unknown.__func__, rule)  # type: ignore[attr-defined]

    return compile_rule


def _once_for_each_template(compiled: Callable[..., CodeType]) -> Callable[..., CodeType]:
    """Code depends on the template, the page's language and how blanks are read; every app knows the same filters."""
    kept: dict[tuple[object, ...], CodeType] = {}

    def compile_template(
        env: Environment, source: str | nodes.Template, name: str | None = None, filename: str | None = None, **how: Any
    ) -> CodeType:
        if not isinstance(source, str) or how:
            return compiled(env, source, name, filename, **how)
        language = getattr(env, "language", None)
        known = (source, name, filename, type(env), language, env.trim_blocks, env.lstrip_blocks, len(env.extensions))
        if known not in kept:
            kept[known] = compiled(env, source, name, filename)
        return kept[known]

    return compile_template


def _once_for_each_statement(patch: pytest.MonkeyPatch) -> None:
    """Engines of one kind write the same statement alike: they share what they made of it."""
    kept: LRUCache[Any, Any] = LRUCache(5000)
    shared = property(lambda _engine: kept, lambda _engine, _its_own: None)

    def kind(dialect: DefaultDialect) -> tuple[object, ...]:
        return (type(dialect), dialect.paramstyle, getattr(dialect, "server_version_info", None))

    patch.setattr(Engine, "_compiled_cache", shared, raising=False)
    patch.setattr(DefaultDialect, "__hash__", lambda dialect: hash(kind(dialect)), raising=False)
    patch.setattr(DefaultDialect, "__eq__", lambda one, other: kind(one) == kind(other), raising=False)


def _once_for_each_page(printed: Callable[..., bytes | None]) -> Callable[..., bytes | None]:
    """The same page makes the same bytes, and takes a second. Certificates are made anew each time."""
    kept: dict[bytes, bytes | None] = {}

    def printed_once(page: str, *, style: Path, identifier: bytes) -> bytes | None:
        if identifier not in kept:
            kept[identifier] = printed(page, style=style, identifier=identifier)
        return kept[identifier]

    return printed_once


def _once_for_the_shipped(load: Callable[[Path], Library]) -> Callable[[Path], Library]:
    kept: list[Library] = []

    def load_once(root: Path) -> Library:
        if root.resolve() != SHIPPED:
            return load(root)
        if not kept:
            kept.append(load(root))
        return kept[0]

    return load_once
