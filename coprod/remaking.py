"""Many documents at once, on several processes: each has its own press, because a press is not safe to share."""

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from uuid import UUID

from coprod.app import create_app
from coprod.certificates import making, queries
from coprod.settings import Settings
from coprod.web import clock, deployment

AT_ONCE = 10  # documents between two steps of the progress


def number() -> int:
    return len(queries.all_ids())


def remake(*, anew: bool, processes: int, step: Callable[[int], None]) -> int:
    """Make the documents that are not there, or with `anew` all of them. Answers how many it made."""
    ids, settings = queries.all_ids(), deployment.settings()
    made = 0
    if processes == 1:
        for some in _parts(ids):
            made += _some(some, anew)
            step(len(some))
        return made
    context = get_context("spawn")  # A press that was copied with its locks and fonts would not work.
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(settings,)) as pool:
        running = {pool.submit(_some_aside, some, anew): len(some) for some in _parts(ids)}
        for done in as_completed(running):
            made += done.result()
            step(running[done])
    return made


def _parts(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _begin(settings: Settings) -> None:
    """In each process: an app of its own, for as long as the process lives.

    A page is thousands of small parts that know each other. To look, again and again while pages are made, for those
    that are done with is a tenth of the work: it is done between two steps, and never among what stays.
    """
    create_app(settings).app_context().push()
    gc.disable()


def _some(ids: Sequence[UUID], anew: bool) -> int:
    return making.make(ids, now=clock.now(), anew=anew)


def _some_aside(ids: Sequence[UUID], anew: bool) -> int:
    """The same in a process of its own, which is tidied afterwards."""
    made = _some(ids, anew)
    gc.collect()
    if not gc.get_freeze_count():
        gc.freeze()  # Fonts and programs are loaded by now.
    return made
