"""Old public addresses lead to where a school goes on that got a new official number."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import redirect, request, url_for

from coprod.errors import NotFound
from coprod.organisations.queries import moved_to

View = TypeVar("View", bound=Callable[..., Any])
MOVED = 301


def follows_schools(view: View) -> View:
    """Where nothing is found under a slug, lead on to the page of whoever had it before."""

    @wraps(view)
    def followed(slug: str) -> Any:
        try:
            return view(slug)
        except NotFound:
            new = moved_to(slug)
            if new is None:
                raise
            return redirect(url_for(str(request.endpoint), slug=new), MOVED)

    return cast(View, followed)
