"""The site, with one page that takes as long as it is asked to: what happens to it when the server is told to stop?"""

import time

from coprod.web import access
from wsgi import app

SLOW = 1.5  # seconds


@access.public
def slowly() -> str:
    time.sleep(SLOW)
    return "the whole answer"


# The app has made its first pages by now, after which it takes no more routes by Flask's own way.
app.view_functions["slowly"] = slowly
app.url_map.add(app.url_rule_class("/slowly", endpoint="slowly", methods=["GET"]))
