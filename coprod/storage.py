"""Files by the SHA-256 of their content, in the data folder: written whole or not at all, and never changed."""

import hashlib
import os
import tempfile
from pathlib import Path

from coprod.errors import Busy, NotFound


class Storage:
    """A folder of files, each named by its content. The same content is kept once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

    def put(self, content: bytes) -> str:
        """Keep `content` and return its SHA-256 in hex. It is on the disk before this returns."""
        digest = hashlib.sha256(content).hexdigest()
        place = self.path(digest)
        if place.exists():
            return digest
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".new-", delete=False) as new:
                new.write(content)
                new.flush()
                os.fsync(new.fileno())
            Path(new.name).replace(place)
            _sync_folder(place.parent)
        except OSError as fault:
            raise Busy from fault
        return digest

    def get(self, digest: str) -> bytes:
        """The content kept under `digest`. Raises NotFound where there is none."""
        try:
            return self.path(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound from None


def _sync_folder(folder: Path) -> None:
    """A new name is only as safe as the folder that lists it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
