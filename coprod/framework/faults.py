"""What is wrong with a file of standards, said so that the person who wrote it can put it right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from coprod.errors import DomainError

Place = tuple[str | int, ...]
"""The way to a spot in a file: names of entries and positions in lists."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to put right: the file (from the folder read), its line, the place, and a sentence."""

    file: str
    line: int
    place: str
    message: str

    def __str__(self) -> str:
        spot = f" {self.place}:" if self.place else ""
        return f"{self.file}, line {self.line}:{spot} {self.message}"


class FrameworkFaults(DomainError):
    """Files of standards that were refused whole, with every fault found in them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults)))
        lines = "\n".join(str(fault) for fault in self.faults)
        super().__init__(f"These standards have {things(len(self.faults))} to put right:\n{lines}")


def things(count: int) -> str:
    return "1 thing" if count == 1 else f"{count} things"


def refuse(file: str, message: str, *, line: int = 1) -> NoReturn:
    """Refuse a file or a folder as a whole."""
    raise FrameworkFaults([Fault(file, line, "", message)])


def written(place: Sequence[str | int]) -> str:
    """A place as people write it: values[2].questions[1].descriptors."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
