"""Stylesheets, scripts and drawings travel packed. Each is packed once in a process, and again where it changes.

Pages of one person's own are left as they are: packing what holds a secret beside what a stranger chose gives it away.
"""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.security import safe_join

WORTH_PACKING = 512  # bytes
PACKED = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})


def install(app: Flask) -> None:
    """Pack what static/ answers, for browsers that can unpack it."""

    @app.after_request
    def pack(response: Response) -> Response:
        if request.endpoint != "static" or response.mimetype not in PACKED:
            return response
        response.vary.add("Accept-Encoding")
        path = safe_join(app.static_folder or "", (request.view_args or {}).get("filename", ""))
        if response.status_code != 200 or path is None or not request.accept_encodings["gzip"]:
            return response
        file = Path(path)
        seen = file.stat()
        if seen.st_size < WORTH_PACKING:
            return response
        tag, _weak = response.get_etag()
        response.close()
        response.direct_passthrough = False
        response.set_data(_packed(file, seen.st_mtime_ns, seen.st_size))
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(tag or "", weak=True)
        return response


@lru_cache(maxsize=64)
def _packed(file: Path, _changed: int, _size: int) -> bytes:
    return gzip.compress(file.read_bytes(), 9, mtime=0)
