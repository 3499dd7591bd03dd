"""What the running app was made with: its settings, its files, its limits on how often."""

from flask import Flask, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from coprod.settings import Settings
from coprod.storage import Storage

SETTINGS = "coprod.settings"
STORAGE = "coprod.storage"

limiter = Limiter(get_remote_address, headers_enabled=True)


def install(app: Flask, settings: Settings) -> None:
    app.extensions[SETTINGS] = settings
    app.extensions[STORAGE] = Storage(settings.instance / "files")


def settings() -> Settings:
    found: Settings = current_app.extensions[SETTINGS]
    return found


def storage() -> Storage:
    found: Storage = current_app.extensions[STORAGE]
    return found
