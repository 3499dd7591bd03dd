"""The room's blueprint, on which all its files of views stand."""

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("changes", __name__)
Answer = Response | str | tuple[str, int]
