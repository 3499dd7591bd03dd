"""THE RULES of colours: how well one is read on another (WCAG 2.2), and the schemes that an area's own colours make."""

import re
from collections.abc import Mapping
from typing import NamedTuple

Colours = Mapping[str, str]

# As static/css/site.css has them: a test compares the two.
LIGHT: Colours = {
    "ink": "#1c2b2a",
    "muted": "#51605f",
    "heading": "#0f4c4a",
    "link": "#0b5a6f",
    "error": "#b3261e",
    "page": "#ffffff",
    "cream": "#fbf7ef",
    "tint": "#f0f6f5",
    "marigold": "#f2b441",
    "button": "#0f4c4a",
    "button-hover": "#0a3735",
    "button-text": "#ffffff",
    "band": "#0f4c4a",
    "petal-1": "#6b2d5c",
    "petal-2": "#0f4c4a",
    "petal-3": "#2f3e8f",
    "petal-4": "#9a3f1d",
    "petal-5": "#2f6b2f",
}
DARK: Colours = {
    "ink": "#e8efed",
    "muted": "#b5c3c0",
    "heading": "#9fd8d0",
    "link": "#93d0e3",
    "error": "#ffb4ab",
    "page": "#131f1e",
    "cream": "#1c2a28",
    "tint": "#1d3331",
    "marigold": "#f2b441",
    "button": "#9fd8d0",
    "button-hover": "#c0e8e2",
    "button-text": "#10201f",
    "band": "#0c3b39",
    "petal-1": "#d9a3cb",
    "petal-2": "#79cabf",
    "petal-3": "#aab5f2",
    "petal-4": "#eda583",
    "petal-5": "#95d095",
}
FOCUS_TEXT = "#1c2b2a"  # the words on marigold, in both schemes
WHITE, BLACK = "#ffffff", "#000000"
READABLE = 4.5  # to 1: what words need (WCAG 2.2, 1.4.3)
COMFORTABLE = 7.0
HEX = re.compile(r"#[0-9a-f]{6}")


class Pair(NamedTuple):
    """One colour on another, and how well it can be read."""

    name: str
    colour: str
    ground: str
    contrast: float


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def refusal(name: str, value: str) -> str | None:
    """Why an area can't have this colour, in a sentence, or None. The accent lies under words; the others are words."""
    if not HEX.fullmatch(value):
        return "must be a colour such as #0f4c4a: a # and six of the characters 0 to 9 and a to f"
    grounds = {"the words on it": FOCUS_TEXT} if name == "accent" else {"white": WHITE, "cream": LIGHT["cream"]}
    for ground, against in grounds.items():
        if (found := contrast(value, against)) < READABLE:
            change = "lighter" if name == "accent" else "darker"
            where = f"under {ground}" if name == "accent" else f"on {ground}"
            return (
                f"{value} can't be read {where}: the contrast is {found:.1f} to 1, and it takes {READABLE} to 1. "
                f"Choose a {change} colour"
            )
    return None


def schemes(*, main: str = "", link: str = "", accent: str = "") -> tuple[Colours, Colours]:
    """The light and the dark scheme with an area's own colours in them. What it gives no colour for stays ours."""
    light, dark = dict(LIGHT), dict(DARK)
    if main:
        light |= {"heading": main, "button": main, "band": main, "button-hover": _mixed(main, BLACK, 0.3)}
        shown = _lit(main)
        dark |= {"heading": shown, "button": shown, "button-hover": _mixed(shown, WHITE, 0.35)}
        dark |= {"button-text": "#10201f", "band": _mixed(main, BLACK, 0.2)}
    if link:
        light["link"], dark["link"] = link, _lit(link)
    if accent:
        light["marigold"] = dark["marigold"] = accent
    return light, dark


def stylesheet(light: Colours, dark: Colours) -> str:
    """What differs from our own colours, as CSS. Whoever reads with strong contrast keeps that."""
    ours = ((LIGHT, light, "{}"), (DARK, dark, "@media screen and (prefers-color-scheme: dark) {{ {} }}"))
    rules = []
    for usual, own, around in ours:
        changed = " ".join(f"--{name}: {value};" for name, value in own.items() if value != usual[name])
        if changed:
            rules.append(around.format(f":root:not(.reads-contrast) {{ {changed} }}"))
    return "\n".join(rules) + "\n"


def pairs(scheme: Colours) -> list[Pair]:
    """What is written on what in this scheme, each with its contrast."""
    words = ("ink", "muted", "heading", "link", "error", *(f"petal-{number}" for number in range(1, 6)))
    found = [(name, scheme[name], ground) for name in words for ground in ("page", "cream")]
    measured = [Pair(name, value, ground, contrast(value, scheme[ground])) for name, value, ground in found]
    for name, value, ground in (
        ("white", WHITE, "band"),
        ("button-text", scheme["button-text"], "button"),
        ("button-text", scheme["button-text"], "button-hover"),
        ("focus-text", FOCUS_TEXT, "marigold"),
    ):
        measured.append(Pair(name, value, ground, contrast(value, scheme[ground])))
    return measured


def _lit(colour: str) -> str:
    """The same colour, as light as it takes to be read with comfort on the dark scheme's grounds."""
    grounds = (DARK["page"], DARK["cream"])
    for part in range(0, 101, 5):
        lit = _mixed(colour, WHITE, part / 100)
        if min(contrast(lit, ground) for ground in grounds) >= COMFORTABLE:
            return lit
    return WHITE


def _mixed(colour: str, other: str, part: float) -> str:
    mixed = (round(a + (b - a) * part) for a, b in zip(_channels(colour), _channels(other), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _luminance(colour: str) -> float:
    parts = (channel / 255 for channel in _channels(colour))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
