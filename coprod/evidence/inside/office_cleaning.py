"""An office file without who wrote it, comments, tracked changes and what photos carry: all changes are accepted."""

import zipfile
from pathlib import Path

from lxml import etree

from coprod.evidence.inside import office, photos
from coprod.evidence.inside.office import CHANGED, REMARK_PARTS, TEXT_PARTS, W, read

SMALL_PICTURE = "docProps/thumbnail."  # of the first page, as it was
LEADS_TO_IT = "metadata/thumbnail"
GONE = {f"{W}del", f"{W}moveFrom"}
NAMING = {"author", "initials", "displayName", "userId", "name", "providerId"}
MARKS = {
    f"{W}{name}"
    for name in (
        "commentRangeStart",
        "commentRangeEnd",
        "commentReference",
        "rPrChange",
        "pPrChange",
        "tblPrChange",
        "trPrChange",
        "tcPrChange",
        "sectPrChange",
        "numberingChange",
        "moveFromRangeStart",
        "moveFromRangeEnd",
        "moveToRangeStart",
        "moveToRangeEnd",
    )
}


def clean(path: Path, out: Path) -> None:
    """Write the file anew. Every part that says nothing about people is copied as it is."""
    with office.opened(path) as (held, _), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in held.infolist():
            if entry.filename.startswith(SMALL_PICTURE):
                continue
            new.writestr(entry.filename, _part(held, entry.filename))


def _part(held: zipfile.ZipFile, part: str) -> bytes:
    content = read(held, part)
    if part == "_rels/.rels":
        return _without_small_picture(content)
    if photos.NAMES.match(part):
        return photos.bare(content)
    if part.startswith("docProps/") and part.endswith(".xml"):
        return _emptied(content)
    if REMARK_PARTS.match(part):
        return _emptied(content, names=True)
    if part.startswith("word/") and TEXT_PARTS.match(part):
        return _accepted(content)
    return content


def _without_small_picture(content: bytes) -> bytes:
    """Nothing leads to what is gone: programs would take the file for a broken one."""
    root = etree.fromstring(content, office._parser())
    for link in [link for link in root if link.get("Type", "").endswith(LEADS_TO_IT)]:
        root.remove(link)
    return _bytes(root)


def _emptied(content: bytes, *, names: bool = False) -> bytes:
    """The same elements without words, and without the names that stand in their attributes."""
    root = etree.fromstring(content, office._parser())
    for element in root.iter("{*}*"):
        if etree.QName(element).localname not in {"created", "modified"}:
            element.text = None
        if names:
            for key in element.attrib:
                if etree.QName(key).localname in NAMING:
                    element.set(key, "")
    return _bytes(root)


def _accepted(content: bytes) -> bytes:
    root = etree.fromstring(content, office._parser())
    for element in list(root.iter(*GONE, *MARKS)):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    for element in list(root.iter(*CHANGED)):
        parent = element.getparent()
        if parent is not None:
            place = parent.index(element)
            parent[place : place + 1] = list(element)
    return _bytes(root)


def _bytes(root: etree._Element) -> bytes:
    whole: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return whole
