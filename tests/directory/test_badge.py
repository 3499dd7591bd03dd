"""The badge that other websites show: always today's truth, and readable by everybody."""

from datetime import date
from xml.etree import ElementTree

import pytest
from flask import Flask

from coprod.database import db
from coprod.directory import badges
from coprod.directory.badges import WIDEST, drawn
from coprod.directory.profile import Badge
from coprod.directory.rules import Standing, Status
from tests.support import build
from tests.support.client import Client

SVG = "{http://www.w3.org/2000/svg}"


def badge_of(client: Client, slug: str, name: str = "badge") -> ElementTree.Element:
    response = client.get(f"/signatories/{slug}/{name}.svg").response
    assert response.mimetype == "image/svg+xml"
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate", "or it would outlive its truth"
    return ElementTree.fromstring(response.get_data())  # noqa: S314  # our own picture


def words(svg: ElementTree.Element) -> list[str | None]:
    return [element.text for element in svg.iter(f"{SVG}text")]


def filled(svg: ElementTree.Element) -> int:
    return sum(path.get("fill") != "none" for path in svg.iter(f"{SVG}path"))


@pytest.mark.parametrize(
    ("award", "ending", "said", "petals"),
    [
        (None, None, "Signed the charter", 0),
        ({"level": "established"}, None, "Established", 3),
        ({"level": "embedded"}, None, "Embedded", 5),
        ({"valid_to": date(2026, 11, 21)}, None, "Award expired", 0),
        ({"ended_as": "revoked", "ended_on": date(2026, 11, 1)}, None, "Award withdrawn", 0),
        (None, ("withdrawn", date(2026, 11, 1)), "Withdrawn", 0),
        (None, ("lapsed", date(2026, 11, 1)), "Lapsed", 0),
        (None, ("withdrawn", date(2025, 11, 1)), "Not signed up now", 0),
    ],
)
def test_it_says_the_status_of_today(
    app: Flask, client: Client, award: dict[str, object] | None, ending: tuple[str, date] | None, said: str, petals: int
) -> None:
    where = build.organisation()
    sign_up = build.sign_up(where)
    if award is not None:
        build.award(where, **award)  # type: ignore[arg-type]  # as the table above says
    if ending:
        sign_up.ended_as, sign_up.ended_on = ending
        db.session.commit()
    svg = badge_of(client, where.slug)
    assert said in words(svg)
    assert filled(svg) == petals
    assert said in (svg.findtext(f"{SVG}title") or "")
    assert where.name in (svg.findtext(f"{SVG}title") or "")
    assert svg.findtext(f"{SVG}desc")


def test_a_dark_website_gets_the_same_badge_in_dark_colours(app: Flask, client: Client) -> None:
    where = build.organisation()
    build.sign_up(where)
    light, dark = badge_of(client, where.slug), badge_of(client, where.slug, "badge-dark")
    assert words(light) == words(dark)
    assert badges.LIGHT.plate in ElementTree.tostring(light, "unicode")
    assert badges.DARK.plate in ElementTree.tostring(dark, "unicode")
    page = client.get(f"/signatories/{where.slug}")
    copied = page.tree.find(".//textarea[@id='show-badge']").text
    for address in ("badge.svg", "badge-dark.svg"):
        assert f"http://localhost/signatories/{where.slug}/{address}" in copied


@pytest.mark.parametrize("colours", [badges.LIGHT, badges.DARK])
def test_every_word_stands_out_from_the_plate(colours: badges.Colours) -> None:
    for words in (colours.heading, colours.ink, colours.muted):
        assert contrast(words, colours.plate) >= 4.5
    for shape in (colours.edge, *colours.petals):
        assert contrast(shape, colours.plate) >= 3


def contrast(one: str, other: str) -> float:
    """As WCAG has it."""
    lighter, darker = sorted((brightness(one), brightness(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def brightness(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_it_needs_nothing_that_the_content_policy_forbids(app: Flask, client: Client) -> None:
    where = build.organisation("<script>alert(1)</script> & Co")
    build.sign_up(where)
    svg = badge_of(client, where.slug)
    for element in svg.iter():
        assert element.tag.removeprefix(SVG) not in {"script", "style", "foreignObject", "image", "a"}
        assert not {"style", "href", "onload"} & set(element.keys())
    assert "<script>alert(1)</script> & Co" in (svg.findtext(f"{SVG}title") or "")


@pytest.mark.parametrize("words", ["Established", "W" * 30, "A level with a rather long name of its own", "W" * 80])
def test_words_fit_into_the_picture(words: str) -> None:
    picture = drawn(
        Badge("School", Status(Standing.AWARDED, words, "Holds it until", date(2026, 9, 30), 3)), "Area " * 16
    )
    for line in (picture.headline, picture.detail, picture.area):
        assert line.squeezed == WIDEST or len(line.text) * line.size * 0.56 <= WIDEST


def test_every_standing_has_its_line() -> None:
    for standing in Standing:
        status = Status(standing, standing.words, "Since", date(2026, 9, 30))
        assert drawn(Badge("School", status), "Area").detail.text


def test_a_signatorys_page_shows_the_badge_in_the_colours_of_the_screen(app: Flask, client: Client) -> None:
    where = build.organisation("Hazel Lane School")
    build.sign_up(where)
    page = client.get(f"/signatories/{where.slug}")
    shown = next(each for each in page.tree.iter("picture"))
    (dark,) = shown.iter("source")
    assert dark.get("media") == "(prefers-color-scheme: dark)"
    assert client.get(dark.get("srcset", "")).response.mimetype == "image/svg+xml"
    assert client.get(next(shown.iter("img")).get("src", "")).response.mimetype == "image/svg+xml"
