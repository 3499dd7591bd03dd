"""Pages of which only a few places differ from one visitor to the next: what is round these places is made once.

A page is mostly its layout, which says the same to everybody who comes without a cookie. So its template is rendered
with marks in the places that differ, cut there, and kept; after that a page costs no more than what is put between. The
template knows nothing of it: for who has a cookie (somebody signed in, or who chose how pages look), and where there
are languages to choose from, it is rendered whole, from the same values.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from flask import current_app, render_template, request, session
from markupsafe import Markup, escape

from coprod.web import languages

FRAMES = "coprod.frames"
MOST_FRAMES = 500

Of = TypeVar("Of", bound=Hashable)
Pieces = tuple[str, ...]


def framed(template: str, of: Of, given: Callable[[Of], Mapping[str, Any]], **places: str) -> str:
    """The page that `template` makes of `given(of)` and of `places`.

    What the template decides by must be in `of`: a place is only ever printed. A place without words is no place, so
    that the template may leave out what is round it.
    """
    filled = {name: words for name, words in places.items() if words}
    if request.cookies or session or languages.choices():
        return render_template(template, **given(of), **(dict.fromkeys(places, "") | filled))
    pieces = _kept()(template, request.path, of, given, tuple(filled), tuple(places.keys() - filled.keys()))
    put = {name: escape(words) for name, words in filled.items()}
    return "".join([put[piece] if number % 2 else piece for number, piece in enumerate(pieces)])


def _kept() -> Callable[..., Pieces]:
    """What one app has made: another has other settings, and so other pages."""
    kept: Callable[..., Pieces] | None = current_app.extensions.get(FRAMES)
    if kept is None:
        kept = current_app.extensions[FRAMES] = lru_cache(maxsize=MOST_FRAMES)(_made)
    return kept


def _made(
    template: str,
    _path: str,
    of: Of,
    given: Callable[[Of], Mapping[str, Any]],
    names: tuple[str, ...],
    empty: tuple[str, ...],
) -> Pieces:
    """Words of the page, the name of a place, words, a name, and so on; it ends with words."""
    mark = f"place-{secrets.token_hex(16)}-"  # Nobody can type it.
    marked = {name: f"{mark}{name}." for name in names}
    page = render_template(template, **given(of), **marked, **dict.fromkeys(empty, ""))
    return tuple(re.split(f"{mark}([a-z_]+)\\.", page))


def drawn(template: str, **given: Any) -> Markup:
    """A part of a page that knows only what it is given: nothing of who asks, nor where."""
    return Markup(current_app.jinja_env.get_or_select_template(template).render(given))  # noqa: S704  # Our templates escape.
