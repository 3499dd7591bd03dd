"""A process of a server hears that it is to stop, whatever it was at when it was told.

Python runs what belongs to a signal in the main thread, and wakes it for that only where the system hands the signal to
it while it waits. One that comes just before, or is handed to another thread, is noted, and the main thread of a worker
that serves goes on waiting for it: https://docs.python.org/3/library/signal.html#execution-of-python-signal-handlers
"""

import signal
import socket
import time
from threading import Thread, main_thread

AGAIN = (0.05, 0.5, 2.0)  # seconds: the main thread may be on its way into the wait even then
NUDGE = signal.SIGURG  # Nobody sends it to a server, and it means nothing where it is not asked for.


def hear() -> None:
    """Wake the main thread for every signal that tells it to stop. Call it from there."""
    told, noted = socket.socketpair()
    noted.setblocking(False)
    signal.signal(NUDGE, lambda *_: None)
    signal.set_wakeup_fd(noted.detach(), warn_on_full_buffer=False)
    Thread(target=_wake, args=(told,), daemon=True).start()


def _wake(told: socket.socket) -> None:
    while noted := told.recv(1):
        if noted[0] not in (signal.SIGTERM, signal.SIGINT):
            continue
        for pause in AGAIN:
            time.sleep(pause)
            signal.pthread_kill(main_thread().ident or 0, NUDGE)
