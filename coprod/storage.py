"""Files by the SHA-256 of their content: written whole or not at all, and never changed.

They are kept in a folder, or in S3-compatible storage. Either way a file goes in and out in pieces, never at once.
"""

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Protocol

from coprod.errors import Busy, NotFound

PIECE = 64 * 1024
SMALL = 4096


class Store(Protocol):
    """Where files of one sort are kept."""

    def put_file(self, path: Path) -> str: ...

    def pieces(self, digest: str) -> Iterator[bytes]: ...

    def has(self, digest: str) -> bool: ...

    def remove(self, digest: str) -> None: ...

    def digests(self) -> Iterator[tuple[str, float]]: ...

    def drop_unfinished(self, *, before: float) -> int: ...

    def check(self) -> None: ...


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
            _sync(place.parent)
        except OSError as fault:
            raise Busy from fault
        return digest

    def put_file(self, path: Path) -> str:
        """Keep what is in the file at `path`, and return its SHA-256 in hex. It is on the disk before this returns.

        What is kept may be that very file under a further name, so nobody may write to it afterwards.
        """
        digest = digest_of(path)
        place = self.path(digest)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=place.parent, prefix=".new-") as aside:
                new = Path(aside) / "new"
                same(path, new)
                os.utime(new)
                _sync(new)
                new.replace(place)  # Over the same content, where it was there: it is as young as this one then.
            _sync(place.parent)
        except OSError as fault:
            raise Busy from fault
        return digest

    def get(self, digest: str) -> bytes:
        """The content kept under `digest`. Raises NotFound where there is none."""
        try:
            return self.path(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound from None

    def pieces(self, digest: str) -> Iterator[bytes]:
        """The content, piece by piece. Raises NotFound at once where there is none."""
        try:
            handle = self.path(digest).open("rb")
        except FileNotFoundError:
            raise NotFound from None
        return _read(handle)

    def has(self, digest: str) -> bool:
        """True where it is kept."""
        return self.path(digest).exists()

    def remove(self, digest: str) -> None:
        """The content is gone afterwards, whether it was there or not."""
        self.path(digest).unlink(missing_ok=True)

    def digests(self) -> Iterator[tuple[str, float]]:
        """Everything that is kept, and when it was (seconds since 1970)."""
        for place in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            with suppress(FileNotFoundError):  # Whoever deletes it meanwhile may.
                if not place.name.startswith("."):
                    yield place.name, place.stat().st_mtime

    def drop_unfinished(self, *, before: float) -> int:
        """Delete what a process that was killed left half written, where it is older than `before`; how many."""
        return _drop_old(self.folder.glob("[0-9a-f][0-9a-f]/.new-*"), before)

    def check(self) -> None:
        """Raises Busy where nothing can be kept just now."""
        with aside(self.folder) as folder:
            write(io.BytesIO(b"." * SMALL), folder / "check")


class ObjectStorage:
    """The same in a bucket of S3-compatible storage, by the optional library `obstore`."""

    def __init__(self, bucket: str, *, endpoint: str, region: str, key: str, secret: str) -> None:
        from obstore.store import S3Store

        self.store = S3Store(
            bucket,
            endpoint=endpoint or None,
            region=region,
            access_key_id=key,
            secret_access_key=secret,
            virtual_hosted_style_request=not endpoint,
            client_options={"allow_http": endpoint.startswith("http://"), "timeout": "30s"},
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
        )

    def put_file(self, path: Path) -> str:
        digest = digest_of(path)
        self._ask(lambda: self.store.put(self._name(digest), path))
        return digest

    def pieces(self, digest: str) -> Iterator[bytes]:
        found = self._ask(lambda: self.store.get(self._name(digest)))
        coming = iter(found.stream(min_chunk_size=PIECE))
        return iter(lambda: bytes(self._ask(lambda: next(coming, b""))), b"")

    def has(self, digest: str) -> bool:
        try:
            self._ask(lambda: self.store.head(self._name(digest)))
        except NotFound:
            return False
        return True

    def remove(self, digest: str) -> None:
        self._ask(lambda: self.store.delete(self._name(digest)))

    def digests(self) -> Iterator[tuple[str, float]]:
        for some in self.store.list("evidence"):
            for each in some:
                yield each["path"].rsplit("/", 1)[-1], each["last_modified"].timestamp()

    def drop_unfinished(self, *, before: float) -> int:
        """A bucket shows nothing before it is whole."""
        return 0

    def check(self) -> None:
        """Raises Busy where nothing can be kept just now."""
        self._ask(lambda: self.store.put("check", b"."))

    def _name(self, digest: str) -> str:
        return f"evidence/{digest[:2]}/{digest}"

    def _ask(self, what: Any) -> Any:
        from obstore.exceptions import BaseError

        try:
            return what()
        except FileNotFoundError:
            raise NotFound from None
        except (BaseError, OSError) as fault:
            raise Busy from fault


@contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """A folder of one's own for what is not kept yet. Whatever happens, it is gone afterwards."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = tempfile.TemporaryDirectory(dir=folder, prefix="new-")
    except OSError as fault:
        raise Busy from fault
    with place as name:
        yield Path(name)


class WhileOpen(io.BufferedRandom):
    """A new file that is gone when it is closed; `write` keeps it without a copy.

    Raises Busy where the disk is full, at the piece that finds no room or when what was gathered is written out.
    """

    def __init__(self, folder: Path) -> None:
        with _or_busy():
            folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=folder, prefix="new-")
        self.place = Path(name)
        super().__init__(io.FileIO(handle, "r+b"))

    def write(self, piece: Any, /) -> int:
        with _or_busy():
            return super().write(piece)

    def seek(self, place: int, whence: int = 0, /) -> int:
        with _or_busy():
            return super().seek(place, whence)

    def flush(self) -> None:
        with _or_busy():
            super().flush()

    def close(self) -> None:
        """Whoever kept it has it under another name; what no longer fits on the disk is of no use to anybody."""
        with suppress(OSError, Busy):
            super().close()
        self.place.unlink(missing_ok=True)


@contextmanager
def _or_busy() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise Busy from fault


def drop_aside(folder: Path, *, before: float) -> int:
    """Delete what a process that was killed left aside, where it is older than `before`; how many."""
    return _drop_old(folder.glob("new-*"), before)


def same(path: Path, new: Path) -> None:
    """The same bytes under a further name; copied only where another disk begins."""
    try:
        os.link(path, new)
    except OSError:
        shutil.copyfile(path, new)


def write(stream: IO[bytes], path: Path) -> int:
    """Write a stream to a file, piece by piece; how many bytes it was. One that is a file on this disk stays there."""
    try:
        if isinstance(stream, WhileOpen):
            stream.flush()
            same(stream.place, path)
            return path.stat().st_size
        with path.open("wb") as file:
            shutil.copyfileobj(stream, file, PIECE)
            return file.tell()
    except OSError as fault:
        raise Busy from fault


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(handle: IO[bytes]) -> Iterator[bytes]:
    with handle:
        while piece := handle.read(PIECE):
            yield piece


def _drop_old(places: Iterable[Path], before: float) -> int:
    """`before` is in seconds since 1970. What goes by itself meanwhile is no matter."""
    dropped = 0
    for place in list(places):
        with suppress(FileNotFoundError):
            if place.stat().st_mtime < before:
                shutil.rmtree(place) if place.is_dir() else place.unlink()
                dropped += 1
    return dropped


def _sync(path: Path) -> None:
    """A file's bytes onto the disk; or a folder's names: a new one is only as safe as the folder that lists it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
