"""The product as a server serves it, with every page made anew."""

from coprod.app import create_app

app = create_app(KEEP_PAGES=False, RATELIMIT_ENABLED=False)
