"""The product as a server serves it, with every page made anew, on the day of the data."""

from coprod.app import create_app
from coprod.running import warming
from tests.bench import data

app = create_app(KEEP_PAGES=False, RATELIMIT_ENABLED=False, CLOCK=lambda: data.MOMENT)
warming.warm(app)
