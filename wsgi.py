"""What a server runs: `granian --interface wsgi wsgi:app`. Where it can't start, it says why in plain words."""

import signal
from threading import current_thread, main_thread

# A worker of the server that is told to stop while it still loads would miss it, and the server would wait for ever.
if current_thread() is main_thread():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

from coprod.app import create_app  # loading is what takes long
from coprod.cli import commands
from coprod.errors import DomainError
from coprod.running import metrics, stopping, warming

try:
    app = create_app()
except DomainError as refusal:
    raise SystemExit(refusal.message) from None
app.cli.add_command(commands)
warming.warm(app)
if current_thread() is main_thread():
    stopping.hear()
metrics.serve(app)
