"""What a page says of what was just done, at its head."""

import flask

from coprod.web.languages import translated


def flash(words: str) -> None:
    """Keep the words for the next page, in the language of this one: a session holds plain words only."""
    flask.flash(translated(words))
