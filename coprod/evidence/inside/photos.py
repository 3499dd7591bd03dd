"""Photos inside other files: they carry the camera and the place along, and can be had without. No dot of them changes.

What a JPEG may hold stands in ISO/IEC 10918-1, annex B; a PNG's parts in section 11 of its own standard.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from coprod.phrases import N_

NAMES = re.compile(r"^(word|xl|ppt)/media/[^/]+\.(jpe?g|jfif|png)$", re.IGNORECASE)
CARRIES = re.compile(rb"(?<!\x00\x22)Exif\x00\x00")  # longer than what `bare` leaves, which takes 34 bytes
HEAD = 256 * 1024  # bytes within which a photo says what it carries
LABEL = N_("Photos in this file")
SAID = N_("They carry details of the camera, and may say where they were taken")
JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
END, COLOURS = 0xD9, 0xE2
TALKS = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})  # parts of a JPEG in which programs and people write
MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
TURNED = 0x0112
SEEN = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs", b"sBIT"})


def bare(photo: bytes) -> bytes:
    """The same picture without what it carries along, but for how it is turned. Anything else stays as it is."""
    if photo.startswith(JPEG):
        return b"".join(_jpeg(photo))
    return b"".join(_png(photo)) if photo.startswith(PNG) else photo


def _jpeg(photo: bytes) -> Iterator[bytes]:
    yield photo[:2]
    yield _turned(photo)
    place = 2
    while found := MARKER.search(photo, place):
        marker, begins = found[1][0], found.start()
        yield photo[place:begins]
        if marker == END:
            yield photo[begins : begins + 2]
            return  # What cameras put behind it is further pictures, with details of their own.
        place = begins + 2 + int.from_bytes(photo[begins + 2 : begins + 4], "big")
        part = photo[begins:place]
        if marker not in TALKS or (marker == COLOURS and part[4:].startswith(b"ICC_PROFILE\x00")):
            yield part
    yield photo[place:]


def _turned(photo: bytes) -> bytes:
    """How the camera was held is no secret, and without it the picture would lie on its side."""
    with suppress(UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        with Image.open(BytesIO(photo), formats=["JPEG"]) as picture:
            how = picture.getexif().get(TURNED)
        if isinstance(how, int) and 1 < how <= 8:
            kept = Image.Exif()
            kept[TURNED] = how
            said = kept.tobytes()
            return b"\xff\xe1" + (len(said) + 2).to_bytes(2, "big") + said
    return b""


def _png(photo: bytes) -> Iterator[bytes]:
    yield PNG
    place = len(PNG)
    while place + 12 <= len(photo):
        kind, ends = photo[place + 4 : place + 8], place + 12 + int.from_bytes(photo[place : place + 4], "big")
        if kind in SEEN:
            yield photo[place:ends]
        if kind == b"IEND":
            return
        place = ends
