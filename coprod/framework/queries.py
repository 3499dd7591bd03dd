"""READS: the standards and the charter that this deployment runs on, loaded once when the app starts."""

from flask import Flask, current_app

from coprod.framework.charter import Charter
from coprod.framework.library import Library
from coprod.framework.load import load_library
from coprod.framework.model import Framework
from coprod.settings import Settings

LIBRARY = "coprod.library"


def install(app: Flask, settings: Settings) -> None:
    """Load every version. Raises FrameworkFaults, naming each fault, where a file is broken."""
    app.extensions[LIBRARY] = load_library(settings.frameworks)


def library() -> Library:
    found: Library = current_app.extensions[LIBRARY]
    return found


def current_framework() -> Framework:
    """The newest version of the area's standards: what a new assessment is started on."""
    return library().latest(_slug())


def pinned(slug: str, version: str) -> Framework:
    """The version that something was started on."""
    return library().framework(slug, version)


def current_charter() -> Charter:
    """The newest text of the charter: what is signed today."""
    return library().latest_charter()


def _slug() -> str:
    settings: Settings = current_app.extensions["coprod.settings"]
    return settings.framework
