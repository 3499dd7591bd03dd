"""What a page must be like for everyone: checked by an accessibility engine and by measuring, at two widths."""

from pathlib import Path

from playwright.sync_api import Page

from coprod.settings import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "test-results"
WIDTHS = (320, 1280)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def check(page: Page, name: str) -> None:
    """Fails where the page breaks WCAG as far as axe finds, or scrolls sideways. Keeps a picture at each width."""
    seen = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        _picture(page, PICTURES / f"{name}-{width}.png")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} px wide in a window of {width}"
        assert not (found := violations(page)), f"{name} at {width} px: {found}"
    if seen:
        page.set_viewport_size(seen)


def violations(page: Page) -> list[str]:
    """Each of axe's findings with the first place where it stands."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in result["violations"]]


def _picture(page: Page, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)
