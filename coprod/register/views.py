"""HTTP: the register, published whole, so that anybody can check it without asking us."""

from collections.abc import Iterator

from flask import Blueprint, Response, jsonify, request, stream_with_context, url_for

from coprod.errors import NotFound
from coprod.register import queries, rules
from coprod.web.access import public
from coprod.web.open_api import Asks, gives, shape
from coprod.web.open_data import open_data

bp = Blueprint("register", __name__)

MOST = 10_000
LARGEST = 2**31 - 1  # PostgreSQL refuses a larger number where it expects one of these.
HEAD = shape(
    {
        "seq": {"type": "integer", "minimum": 1},
        "at": {"type": "string", "format": "date-time"},
        "entry_hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "kid": {"type": "string", "format": "uri"},
        "signature": {"type": "string"},
    }
)


@bp.get("/register.jsonl")
@public
@open_data
@gives(
    "application/x-ndjson",
    asks=(
        Asks("after", "The number of the entry to go on after", {"type": "integer", "minimum": 0, "maximum": LARGEST}),
        Asks("limit", "How many entries at most", {"type": "integer", "minimum": 1, "maximum": MOST}),
    ),
)
def lines() -> Response:
    """Entries after number `after`, one JSON object a line. The Link header says where the next ones are."""
    after = _bounded("after", least=0, most=LARGEST, otherwise=0)
    limit = _bounded("limit", least=1, most=MOST, otherwise=MOST)
    newest = queries.last_number()

    def written() -> Iterator[str]:
        for entry in queries.entries(after=after, limit=limit):
            yield rules.line(entry)

    answer = Response(stream_with_context(written()), mimetype="application/x-ndjson")
    if after + limit < newest:
        more = url_for("register.lines", after=after + limit, limit=limit)
        answer.headers["Link"] = f'<{more}>; rel="next"'
    return answer


@bp.get("/register/head.json")
@public
@open_data
@gives("application/json", HEAD, may_be_missing=True)
def head() -> Response:
    """The end of the register, signed: whoever keeps it can tell if the register was built anew."""
    found = queries.signed_head()
    if found is None:
        raise NotFound
    return jsonify(found)


def _bounded(name: str, *, least: int, most: int, otherwise: int) -> int:
    """A number from the address, brought within its bounds; what is no number counts as not given."""
    text = request.args.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        return otherwise
    return min(max(int(text), least), most)
