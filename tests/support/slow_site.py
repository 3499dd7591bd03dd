"""The site, with one page that takes as long as it is asked to: what happens to it when the server is told to stop?"""

import time

from coprod.web import access
from wsgi import app

SLOW = 1.5  # seconds


@access.public
def slowly() -> str:
    time.sleep(SLOW)
    return "the whole answer"


app.add_url_rule("/slowly", "slowly", slowly)
