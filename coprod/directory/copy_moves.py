"""Old addresses in a copy made of plain files: a page that leads on, and a picture where the old picture stood."""

import posixpath
import shutil
from html import escape
from pathlib import Path
from urllib.parse import quote

PAGE = """<!doctype html>
<html lang="en-GB">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>This page has moved</title>
  <meta http-equiv="refresh" content="0; url={there}">
  <link rel="canonical" href="{live}">
</head>
<body>
  <h1>This page has moved</h1>
  <p>The school is an academy now. <a href="{there}">Go to its page</a></p>
</body>
</html>
"""


def lead_on(folder: Path, before: str, now: str, *, live: str) -> None:
    """Put at the old place what leads to the new one. `live` is the address of the page on the site itself."""
    place = folder / before
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    if not before.endswith(".html"):
        shutil.copyfile(folder / now, place)
        return
    there = quote(posixpath.relpath(now, posixpath.dirname(before)))
    place.write_text(PAGE.format(there=escape(there), live=escape(live)), encoding="utf-8")
