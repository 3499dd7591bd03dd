"""The room's blueprint, on which both files of views stand."""

from flask import Blueprint

bp = Blueprint("running", __name__)
