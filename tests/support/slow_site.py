"""The site, with pages more: one that takes its time, large ones, and ones that end too soon."""

import time

from coprod.web import access
from tests.support import large_pages
from wsgi import app

SLOW = 1.5  # seconds


@access.public
def slowly() -> str:
    time.sleep(SLOW)
    return "the whole answer"


large_pages.add(app, slowly)
large_pages.add(app)
