"""The floors that servers serve: a plain WSGI page, and a bare Flask page."""

from collections.abc import Iterable
from typing import Any

from flask import Flask

HELLO = "<!doctype html><html lang=en><title>Hello</title><p>Hello"
BODY = HELLO.encode()

bare = Flask("bare")


@bare.get("/")
def hello() -> str:
    return HELLO


def plain(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BODY)))])
    return [BODY]
