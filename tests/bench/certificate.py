"""One certificate beside bare WeasyPrint on the same HTML with its fonts reused; and memory over many."""

from collections.abc import Iterable
from pathlib import Path

from coprod.certificates import document
from coprod.web import press
from tests.bench import data, harness
from tests.bench.harness import Figure
from tests.support import certificates

MANY = 1000
FEW = 100
WARM = 50  # Fonts and caches fill first; what grows after that would grow for ever.
FLAT_MB = 20


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
        yield _memory(FEW if quick else MANY)


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
