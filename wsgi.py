"""What a server runs: `granian --interface wsgi wsgi:app`."""

from coprod.app import create_app

app = create_app()
