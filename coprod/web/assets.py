"""What pages load besides themselves: the UI kit and fonts in static/vendor, at addresses that may be kept.

`python -m coprod.web.assets` lays the files; it needs what `npm ci` put into node_modules.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from functools import lru_cache
from pathlib import Path

from flask import current_app, url_for

KIT = Path("govuk-frontend")
FACE = Path("@fontsource/atkinson-hyperlegible-next")
WEIGHTS = (400, 700)


class AssetsError(RuntimeError):
    """A file that pages need is missing from static/, or npm's packages are not there to build it from."""


def build(root: Path) -> list[Path]:
    """Lay the files that npm's packages provide into static/vendor, and answer where they are."""
    packages, vendor = root / "node_modules", root / "static" / "vendor"
    fonts = {
        f"fonts/atkinson-{weight}.woff2": _read(
            packages / FACE / "files" / f"atkinson-hyperlegible-next-latin-{weight}-normal.woff2"
        )
        for weight in WEIGHTS
    }
    css = _read(packages / KIT / "dist/govuk/govuk-frontend.min.css").decode("utf-8")
    script = _read(packages / KIT / "dist/govuk/govuk-frontend.min.js").decode("utf-8")
    files = fonts | {
        "govuk.css": _stylesheet(css, fonts).encode("utf-8"),
        "govuk.js": _without_source_map(script).encode("utf-8"),
        "fonts/LICENSE.txt": _read(packages / FACE / "LICENSE"),
    }
    return [_lay(vendor / name, content) for name, content in files.items()]


def versions(root: Path) -> dict[str, str]:
    """The versions of the packages in node_modules that pages are built from."""
    return {
        package.as_posix(): json.loads(_read(root / "node_modules" / package / "package.json"))["version"]
        for package in (KIT, FACE)
    }


def asset_version(file: Path) -> str:
    """A short hash of the content. A changed file has a new address, so browsers may keep it for ever."""
    try:
        seen = file.stat()
    except FileNotFoundError:
        raise AssetsError(f"{file} is missing: run `npm ci`, then `python -m coprod.web.assets`.") from None
    return _hash_of(file, seen.st_mtime_ns, seen.st_size)


def versioned(path: str) -> str:
    """The address of a file in static/, with its content's hash. Templates know it as `asset`.

    Every page asks for several, so a running app makes each once; with debug on, a changed file is noticed.
    """
    known: dict[str, str] = current_app.extensions.setdefault("coprod.assets", {})
    if path not in known or current_app.debug:
        file = Path(current_app.static_folder or "static") / path
        known[path] = f"{url_for('static', filename=path)}?v={asset_version(file)}"
    return known[path]


@lru_cache(maxsize=256)
def _hash_of(file: Path, _changed: int, _size: int) -> str:
    return _hash(file.read_bytes())


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _stylesheet(css: str, fonts: dict[str, bytes]) -> str:
    """The kit's stylesheet in our face and size: GOV.UK's own face and crest are not ours to use."""
    css, faces = re.subn(r"@font-face\{[^}]*GDS Transport[^}]*\}", "", css)
    css, families = re.subn(r'"?GDS Transport"?,arial,sans-serif', "var(--site-font),arial,sans-serif", css)
    css, crests = re.subn(r"url\(/assets/images/govuk-crest\.svg\)", "none", css)
    css, sizes = re.subn(
        r"font-size:1\.1875rem(;line-height:1\.3157894737)?",
        lambda found: "font-size:var(--site-size)" + (";line-height:1.5" if found[1] else ""),
        css,
    )
    if (faces, crests) != (2, 3) or not families or not sizes or "GDS Transport" in css or "/assets/" in css:
        raise AssetsError("govuk-frontend's stylesheet is not as expected: check its version.")
    charset, rest = '@charset "UTF-8";', _without_source_map(css)
    return charset + _font_faces(fonts) + rest.removeprefix(charset)


def _font_faces(fonts: dict[str, bytes]) -> str:
    return "".join(
        '@font-face{font-family:"Site Sans";font-style:normal;font-display:swap;'
        f'font-weight:{weight};src:url("{name}?v={_hash(content)}") format("woff2")}}'
        for weight, (name, content) in zip(WEIGHTS, fonts.items(), strict=True)
    )


def _without_source_map(text: str) -> str:
    return re.sub(r"\s*(/\*# sourceMappingURL=\S+ \*/|//# sourceMappingURL=\S+)\s*$", "\n", text)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise AssetsError(f"{file} is missing: run `npm ci` first.") from None


def _lay(file: Path, content: bytes) -> Path:
    """Write only what changed, and whole: a page asked for meanwhile gets the old file or the new one."""
    if not file.is_file() or file.read_bytes() != content:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(file.name + ".new")
        unfinished.write_bytes(content)
        unfinished.replace(file)
    return file


def main() -> int:
    root = Path(__file__).resolve().parents[2]
    try:
        laid = build(root)
        used = ", ".join(f"{name} {version}" for name, version in versions(root).items())
    except AssetsError as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    sys.stdout.write(f"{len(laid)} files in static/vendor, from {used}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
