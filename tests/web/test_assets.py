"""The kit's files, and addresses that change with their content."""

from pathlib import Path

import pytest
from flask import Flask

from coprod.web import assets

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(
    not (ROOT / "node_modules" / assets.KIT).is_dir(), reason="npm's packages are not installed"
)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    assets.build(tmp_path)
    return tmp_path


def test_every_file_is_laid_and_none_of_it_is_the_crown_s(house: Path) -> None:
    vendor = house / "static" / "vendor"
    names = {file.relative_to(vendor).as_posix() for file in vendor.rglob("*") if file.is_file()}
    assert names == {
        "govuk.css",
        "govuk.js",
        "fonts/atkinson-400.woff2",
        "fonts/atkinson-700.woff2",
        "fonts/LICENSE.txt",
    }
    css = (vendor / "govuk.css").read_text("utf-8")
    assert "GDS Transport" not in css
    assert "crest" not in css.replace("govuk-footer__copyright-logo", "")
    assert css.count("@font-face") == len(assets.WEIGHTS)


def test_no_file_points_at_a_source_map_that_is_not_served(house: Path) -> None:
    for name in ("govuk.css", "govuk.js"):
        assert "sourceMappingURL" not in (house / "static/vendor" / name).read_text("utf-8")


def test_building_again_writes_nothing(house: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in assets.build(house)}
    assert {file: file.stat().st_mtime_ns for file in assets.build(house)} == before


def test_the_stylesheet_names_the_fonts_content(house: Path) -> None:
    css = (house / "static/vendor/govuk.css").read_text("utf-8")
    for weight in assets.WEIGHTS:
        name = f"fonts/atkinson-{weight}.woff2"
        assert f"{name}?v={assets.asset_version(house / 'static/vendor' / name)}" in css


def test_another_version_of_the_kit_is_refused_rather_than_half_changed(tmp_path: Path) -> None:
    with pytest.raises(assets.AssetsError, match="check its version"):
        assets._stylesheet("body{color:red}", {})
    with pytest.raises(assets.AssetsError, match="npm ci"):
        assets.build(tmp_path)


def test_the_address_changes_with_the_content(tmp_path: Path) -> None:
    def started() -> Flask:
        return Flask(__name__, static_folder=str(tmp_path), static_url_path="/static")

    file = tmp_path / "site.css"
    with started().test_request_context():
        file.write_text("a{}")
        first = assets.versioned("site.css")
        assert first.startswith("/static/site.css?v=")
    file.write_text("a{color:red}")
    with started().test_request_context():
        second = assets.versioned("site.css")
        assert first != second
        with pytest.raises(assets.AssetsError, match="missing"):
            assets.versioned("none.css")
