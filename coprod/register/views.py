"""HTTP: the register, published whole, so that anybody can check it without asking us."""

from collections.abc import Iterator

from flask import Blueprint, Response, request, stream_with_context, url_for

from coprod.register import queries, rules
from coprod.web.access import public

bp = Blueprint("register", __name__)

MOST = 10_000
LARGEST = 2**53


@bp.get("/register.jsonl")
@public
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


def _bounded(name: str, *, least: int, most: int, otherwise: int) -> int:
    """A number from the address, brought within its bounds; what is no number counts as not given."""
    text = request.args.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        return otherwise
    return min(max(int(text), least), most)
