"""What the running app was made with: its settings, its files, its limits on how often."""

from datetime import date
from urllib.parse import urlsplit

from flask import Flask, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from coprod.calendar import bank_holidays, days_in
from coprod.settings import Settings
from coprod.storage import ObjectStorage, Storage, Store

SETTINGS = "coprod.settings"
STORAGE = "coprod.storage"
EVIDENCE = "coprod.evidence_storage"
CLOSED_DAYS = "coprod.closed_days"

limiter = Limiter(get_remote_address, headers_enabled=True)


def install(app: Flask, settings: Settings) -> None:
    app.extensions[SETTINGS] = settings
    app.extensions[STORAGE] = Storage(settings.instance / "files")
    app.extensions[EVIDENCE] = _evidence_storage(settings)
    holidays = days_in(settings.school_holidays) if settings.school_holidays else frozenset()
    app.extensions[CLOSED_DAYS] = bank_holidays() | holidays


def settings() -> Settings:
    found: Settings = current_app.extensions[SETTINGS]
    return found


def storage() -> Storage:
    found: Storage = current_app.extensions[STORAGE]
    return found


def evidence_storage() -> Store:
    """Where evidence is kept, apart from everything else: it is private, and it is deleted one day."""
    found: Store = current_app.extensions[EVIDENCE]
    return found


def _evidence_storage(settings: Settings) -> Store:
    if not settings.s3_bucket:
        return Storage(settings.instance / "evidence")
    return ObjectStorage(
        settings.s3_bucket,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        key=settings.s3_key,
        secret=settings.s3_secret.get_secret_value(),
    )


def address(endpoint: str, **values: object) -> str:
    """The whole address of a page, for mail and paper: on `COPROD_BASE_URL`, whatever host the request named."""
    base = urlsplit(settings().base_url)
    adapter = current_app.url_map.bind(base.netloc, url_scheme=base.scheme, script_name=base.path or "/")
    return adapter.build(endpoint, values, force_external=True)


def closed_days() -> frozenset[date]:
    """Days that are no working days besides weekends: bank holidays, and the area's school holidays."""
    found: frozenset[date] = current_app.extensions[CLOSED_DAYS]
    return found
