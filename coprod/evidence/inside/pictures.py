"""A picture is made again from what can be seen in it: where it was taken, and all else it carried, stays behind."""

import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from coprod.evidence.inside.looking import Look, Refused
from coprod.phrases import N_

LONGEST_SIDE = 2800
MOST_PIXELS = 16_000_000  # to take apart at once
MOST_JPEG_PIXELS = 60_000_000  # a JPEG can be read smaller than it is
TOO_LARGE = N_("This picture has too many dots for us. Make it smaller, to 4,000 by 4,000 at most, and send that.")
NO_PICTURE = N_("We can't read this picture. Save it again as .jpg or .png, and send that.")
FORMATS = {"jpeg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP"}


def make_again(path: Path, out: Path, kind: str) -> Look:
    """Write the picture anew to `out`, upright, without metadata. Says what was left behind."""
    Image.MAX_IMAGE_PIXELS = MOST_JPEG_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=[FORMATS[kind]]) as picture:
                return _made(picture, out)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise Refused(TOO_LARGE) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError):
        raise Refused(NO_PICTURE) from None


def _made(picture: Image.Image, out: Path) -> Look:
    if picture.format == "JPEG":
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    if picture.width * picture.height > MOST_PIXELS:
        raise Refused(TOO_LARGE)
    look = Look("jpeg" if picture.format in {"JPEG", "WEBP"} else "png")
    carried = picture.getexif()
    if carried.get_ifd(0x8825):
        look.say(N_("Where the photo was taken"), N_("Taken out"))
    if carried:
        look.say(N_("Camera and other details of the photo"), N_("Taken out"))
    if getattr(picture, "n_frames", 1) > 1:
        look.say(N_("Moving pictures"), N_("Only the first one is kept"))
    seen = picture.copy() if picture.mode in {"RGB", "L"} else picture.convert(_mode(picture, look.type))
    seen.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    turned = ImageOps.exif_transpose(seen)
    bare = Image.new(turned.mode, turned.size)
    bare.paste(turned)
    bare.save(out, "JPEG" if look.type == "jpeg" else "PNG", quality=85)
    return look


def _mode(picture: Image.Image, kind: str) -> str:
    see_through = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    return "RGBA" if see_through and kind == "png" else "RGB"
