"""Colours can be read: ours, and whatever an area puts in their place."""

import re
from pathlib import Path

import pytest

from coprod import colours
from coprod.colours import COMFORTABLE, DARK, LIGHT, READABLE, contrast
from coprod.settings import ROOT, BadSettings, Settings, from_environment

SITE = (ROOT / "static" / "css" / "site.css").read_text(encoding="utf-8")


def in_stylesheet(block: str) -> dict[str, str]:
    found = re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", block)
    return {name: value if len(value) == 7 else "#" + "".join(2 * c for c in value[1:]) for name, value in found}


def test_the_stylesheet_has_the_same_colours() -> None:
    light, dark = SITE.split("@media screen and (prefers-color-scheme: dark)")[:2]
    assert LIGHT.items() <= in_stylesheet(light).items()
    assert DARK.items() <= (in_stylesheet(light) | in_stylesheet(dark.split("}")[0])).items()


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#777777", "#ffffff", 4.48), ("#1c2b2a", "#ffffff", 14.7)],
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert contrast(one, other) == pytest.approx(ratio, abs=0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_all_words_can_be_read_in_both_schemes(scheme: colours.Colours) -> None:
    assert not [pair for pair in colours.pairs(scheme) if pair.contrast < READABLE]


@pytest.mark.parametrize("main", ["#7a0019", "#003087", "#2f6b2f", "#000000", "#5f3c8a", "#6b6b00"])
def test_an_areas_colours_make_two_schemes_that_can_be_read(main: str) -> None:
    assert colours.refusal("main", main) is None
    light, dark = colours.schemes(main=main, link=main, accent="#ffd24d")
    for scheme in (light, dark):
        assert not [pair for pair in colours.pairs(scheme) if pair.contrast < READABLE]
    assert min(contrast(dark["heading"], DARK[ground]) for ground in ("page", "cream")) >= COMFORTABLE


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        (
            "colour",
            "#9fd8d0",
            "#9fd8d0 can't be read on white: the contrast is 1.6 to 1, and it takes 4.5 to 1. Choose a darker",
        ),
        ("colour_link", "#f2b441", "can't be read on white"),
        ("colour_accent", "#0f4c4a", "can't be read under the words on it"),
        ("colour", "teal", "must be a colour such as #0f4c4a"),
        ("colour", "#fff;}", "must be a colour such as #0f4c4a"),
    ],
)
def test_the_site_does_not_start_with_a_colour_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, why: str
) -> None:
    monkeypatch.setenv("COPROD_MODE", "demonstration")
    monkeypatch.setenv(f"COPROD_{name.upper()}", value)
    with pytest.raises(BadSettings) as refused:
        from_environment()
    assert refused.value.message.startswith(f"COPROD_{name.upper()}: ")
    assert why in refused.value.message


def test_colours_may_be_written_in_capitals() -> None:
    assert Settings(mode="demonstration", colour="#7A0019").colour == "#7a0019"


def test_whoever_reads_with_strong_contrast_keeps_it() -> None:
    words = colours.stylesheet(*colours.schemes(main="#7a0019"))
    assert words.count(":root:not(.reads-contrast)") == words.count(":root") == 2
    assert colours.stylesheet(LIGHT, DARK).strip() == ""
