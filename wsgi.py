"""What a server runs: `granian --interface wsgi wsgi:app`. Where it can't start, it says why in plain words."""

from coprod.app import create_app
from coprod.cli import commands
from coprod.errors import DomainError

try:
    app = create_app()
except DomainError as refusal:
    raise SystemExit(refusal.message) from None
app.cli.add_command(commands)
