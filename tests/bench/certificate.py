"""One certificate beside bare WeasyPrint on the same HTML with its fonts reused; signing; many."""

import resource
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from flask import Flask

from coprod import remaking
from coprod.certificates import document, operations, signing
from coprod.framework.queries import current_framework
from coprod.keys.ring import Purpose, ring
from coprod.permissions import SYSTEM
from coprod.transaction import transaction
from coprod.web import press
from tests.bench import data, harness
from tests.bench.harness import Figure
from tests.support import build, certificates

MANY = 1000
FEW = 100
WARM = 50  # Fonts and caches fill first; what grows after that would grow for ever.
FLAT_MB = 20
SIGNING_MS = 25
REMADE_SECONDS = 40


def figures(folder: Path, *, quick: bool) -> Iterable[Figure]:
    app = data.app_with_tables(folder)
    facts = certificates.award()
    with app.test_request_context(base_url="http://127.0.0.1"):
        shared, style = press.the_press(), press.style_of(document.STYLE)
        page = document._page(facts, tight=False)

        def bare() -> object:
            source = shared.weasyprint.HTML(string=page, base_url=press.OURS, url_fetcher=shared.fetcher)
            return source.write_pdf(font_config=shared.fonts, stylesheets=[style])

        floor, made = harness.alternately(5 if quick else 20, bare, lambda: document.render(facts))
        yield harness.slower("One certificate, beside bare WeasyPrint", made, floor, at_most=1.25)
        yield _signing(document.render(facts, "a credential"), 5 if quick else 20)
        yield _memory(FEW if quick else MANY)
        issue(FEW if quick else MANY)
        yield _remade(app, FEW if quick else MANY)


def _signing(plain: bytes, times: int) -> Figure:
    key = ring().key(Purpose.DOCUMENT)
    (taken,) = harness.alternately(times, lambda: signing.signed(plain, key=key, reason="Certificate"))
    return Figure(
        "Signing it", harness.milliseconds(taken), "", "", f"at most {SIGNING_MS} ms", taken * 1000 <= SIGNING_MS
    )


def _memory(number: int) -> Figure:
    """How much more memory is held after so many documents, each with a name of its own, than after the first few."""
    held = 0.0
    for count in range(number + WARM):
        if count == WARM:
            held = harness.held_mb()
        document.render(certificates.award(organisation=f"School number {count}"))
    grown = harness.held_mb() - held
    name = f"Memory after {number:,} more certificates"
    return Figure(name, f"{grown:+.1f} MB", f"{held:,.0f} MB", "", f"under {FLAT_MB} MB", grown < FLAT_MB)


def issue(number: int) -> None:
    framework = current_framework()
    for count in range(number):
        where = build.organisation(f"School number {count}")
        with transaction():
            operations.issue_award(
                where,
                framework=framework,
                level=framework.levels[1],
                inputs={},
                actor=SYSTEM,
                now=build.MOMENT,
                today=date(2026, 11, 22),
            )


def _remade(app: Flask, number: int) -> Figure:
    begun, worked = time.perf_counter(), _worked()
    made = remaking.remake(anew=True, processes=2, step=lambda _count: None)
    taken = time.perf_counter() - begun
    goal = REMADE_SECONDS * number / MANY
    name = f"{made:,} made, signed and kept, on two processes (floor: half of their work alone)"
    met, alone = made == number and taken <= goal, (_worked() - worked) / 2
    return Figure(name, f"{taken:,.1f} s", f"{alone:,.1f} s", "", f"at most {goal:,.0f} s", met)


def _worked() -> float:
    """Seconds that processes of ours which are done have used of a core."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
