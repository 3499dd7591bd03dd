"""Is it alive, and can it work?"""

import time
from functools import cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app
from sqlalchemy.exc import SQLAlchemyError

from coprod.database import db
from coprod.errors import Busy
from coprod.settings import ROOT
from coprod.web import deployment
from coprod.web.access import public

bp = Blueprint("health", __name__, url_prefix="/health")
ASK_STORAGE_EVERY = 5.0  # seconds: whoever asks more often gets the last answer
SILENT = "the database does not answer"
OLDER = "the database is of an older version, or has no tables yet: run coprod upgrade"
NEWER = "the database is of a newer version of this program: run that one, or put a backup back"
NO_FILES = "the storage for files takes nothing in"
NO_EVIDENCE = "the storage for evidence takes nothing in"
STORAGE_ASKED = "coprod.storage_asked"


@bp.get("/live")
@public
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@bp.get("/ready")
@public
def ready() -> tuple[dict[str, str], int]:
    """The database answers and is of this version, and files can be kept: send people here."""
    fault = database_fault() or _storage_fault_lately()
    return ({"status": fault}, 503) if fault else ({"status": "ok"}, 200)


def database_fault() -> str:
    """Why the database can't be worked with; empty where it can."""
    try:
        found = MigrationContext.configure(db.session.connection()).get_current_revision()
    except SQLAlchemyError:
        return SILENT
    finally:
        db.session.rollback()
    if found == newest_migration():
        return ""
    return OLDER if found is None or found in migrations() else NEWER


def storage_fault() -> str:
    """Why files can't be kept; empty where they can."""
    for fault, store in ((NO_FILES, deployment.storage()), (NO_EVIDENCE, deployment.evidence_storage())):
        try:
            store.check()
        except Busy:
            return fault
    return ""


@cache
def migrations() -> frozenset[str]:
    """Every version of the database that this program knows."""
    return frozenset(each.revision for each in ScriptDirectory(str(ROOT / "coprod" / "migrations")).walk_revisions())


@cache
def newest_migration() -> str | None:
    return ScriptDirectory(str(ROOT / "coprod" / "migrations")).get_current_head()


def _storage_fault_lately() -> str:
    asked_at, fault = current_app.extensions.get(STORAGE_ASKED, (-ASK_STORAGE_EVERY, ""))
    if time.monotonic() - asked_at >= ASK_STORAGE_EVERY:
        fault = storage_fault()
        current_app.extensions[STORAGE_ASKED] = time.monotonic(), fault
    return str(fault)
