"""Is it alive, and can it work?"""

from flask import Blueprint
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from coprod.database import db
from coprod.web.access import public
from coprod.web.page_cache import PublicState

bp = Blueprint("health", __name__, url_prefix="/health")


@bp.get("/live")
@public
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@bp.get("/ready")
@public
def ready() -> tuple[dict[str, str], int]:
    """The database answers and has its tables: send people here."""
    try:
        db.session.execute(select(PublicState.version))
    except SQLAlchemyError:
        db.session.rollback()
        return {"status": "the database does not answer, or has no tables yet"}, 503
    return {"status": "ok"}, 200
