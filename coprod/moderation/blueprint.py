"""The room's blueprint, on which all its files of views stand."""

from flask import Blueprint

bp = Blueprint("moderation", __name__)
