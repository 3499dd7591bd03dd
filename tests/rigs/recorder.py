"""Everything that SQLite asks of the disk, written down: a thin layer round its own way to files, in this process.

The driver is the product's own. Its library is asked for its table of functions for files (a "VFS"), and in a copy of
that table those that write, cut, sync and delete note what they do and then call the old ones.
"""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pysqlite3 import _sqlite3  # type: ignore[attr-defined]  # the driver's own library

POINTER = ctypes.c_void_p
INT = ctypes.c_int
OPEN = ctypes.CFUNCTYPE(INT, POINTER, POINTER, POINTER, INT, POINTER)
DELETE = ctypes.CFUNCTYPE(INT, POINTER, ctypes.c_char_p, INT)
WRITE = ctypes.CFUNCTYPE(INT, POINTER, POINTER, INT, ctypes.c_int64)
TRUNCATE = ctypes.CFUNCTYPE(INT, POINTER, ctypes.c_int64)
SYNC = ctypes.CFUNCTYPE(INT, POINTER, INT)
FAILED = 10  # SQLITE_IOERR


class Methods(ctypes.Structure):
    """What SQLite can do with an open file. Those that are noted have names, the others keep their places."""

    _fields_ = [  # as the library wants it
        ("version", INT),
        ("close", POINTER),
        ("read", POINTER),
        ("write", POINTER),
        ("truncate", POINTER),
        ("sync", POINTER),
        ("others", POINTER * 13),
    ]


class Files(ctypes.Structure):
    """How SQLite opens and deletes files."""

    _fields_ = [  # as the library wants it
        ("version", INT),
        ("size", INT),
        ("longest", INT),
        ("next", POINTER),
        ("name", ctypes.c_char_p),
        ("data", POINTER),
        ("open", POINTER),
        ("delete", POINTER),
        ("others", POINTER * 14),
    ]


@dataclass(frozen=True, slots=True)
class Write:
    path: str
    at: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    path: str


@dataclass(frozen=True, slots=True)
class Delete:
    path: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody was told that this is kept."""

    sort: str
    what: str


Step = Write | Truncate | Sync | Delete | Acknowledged


class Recorder:
    """Notes the steps of files below a folder, while `on`. There is one in a process."""

    def __init__(self) -> None:
        self.on = ""
        self.steps: list[Step] = []
        self.names: dict[int, str] = {}
        self.kept: list[Any] = []  # What the library points at must not go away.
        self.methods: dict[int, Methods] = {}
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = POINTER
        self.old = Files.from_address(library.sqlite3_vfs_find(None))
        self.new = Files.from_buffer_copy(self.old)
        self.new.name = b"recorded"
        self._replace(self.new, "open", OPEN, self._open)
        self._replace(self.new, "delete", DELETE, self._delete)
        if library.sqlite3_vfs_register(ctypes.byref(self.new), 1):
            raise RuntimeError("SQLite did not take the recorder")

    def note(self, step: Step) -> None:
        if self.on and (isinstance(step, Acknowledged) or step.path.startswith(self.on)):
            self.steps.append(step)

    def _replace(self, table: Any, name: str, kind: Any, by: Callable[..., Any]) -> None:
        """Put a function of ours into a table. It is given the old one first."""
        old = kind(getattr(table, name))

        def call(*given: Any) -> int:
            try:
                return int(by(old, *given))
            except Exception:  # Nothing may be thrown through C: SQLite hears of a disk that failed.
                return FAILED

        new = kind(call)
        self.kept += [old, new]
        setattr(table, name, ctypes.cast(new, POINTER))

    def _open(self, old: Any, files: int, name: int | None, file: int, flags: int, out: int) -> int:
        """The name is handed on where it stands: the library goes on reading it there."""
        done: int = old(files, name, file, flags, out)
        place = POINTER.from_address(file)  # An open file begins with the address of its methods.
        if done == 0 and name and place.value:
            self.names[file] = ctypes.string_at(name).decode()
            place.value = ctypes.addressof(self._noted(place.value))
        return done

    def _noted(self, address: int) -> Methods:
        if address not in self.methods:
            made = Methods.from_buffer_copy(Methods.from_address(address))
            self._replace(made, "write", WRITE, self._write)
            self._replace(made, "truncate", TRUNCATE, self._truncate)
            self._replace(made, "sync", SYNC, self._sync)
            self.methods[address] = made
        return self.methods[address]

    def _write(self, old: Any, file: int, content: int, length: int, at: int) -> int:
        self.note(Write(self.names[file], at, ctypes.string_at(content, length)))
        return int(old(file, content, length, at))

    def _truncate(self, old: Any, file: int, size: int) -> int:
        self.note(Truncate(self.names[file], size))
        return int(old(file, size))

    def _sync(self, old: Any, file: int, flags: int) -> int:
        done = int(old(file, flags))
        self.note(Sync(self.names[file]))
        return done

    def _delete(self, old: Any, files: int, name: bytes, folder_too: int) -> int:
        done = int(old(files, name, folder_too))
        self.note(Delete(name.decode()))
        return done
