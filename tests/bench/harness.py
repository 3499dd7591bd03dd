"""What the figures share: a number beside its floor, both from the same run, as medians."""

import gc
import os
import platform
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

WIDTHS = (58, 15, 15, 9, 14, 8)


@dataclass(frozen=True)
class Figure:
    """One line of the table. `goal` is in words; `met` None where there is no goal."""

    name: str
    figure: str
    floor: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None

    def line(self) -> str:
        verdict = {True: "met", False: "not met", None: ""}[self.met]
        return columns(self.name, self.figure, self.floor, self.ratio, self.goal, verdict)


def columns(*cells: str) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def heading(title: str) -> None:
    say(f"\n{title}")
    say(columns("", "figure", "floor", "ratio", "goal", ""))


def show(figures: Iterable[Figure]) -> None:
    for figure in figures:
        say(figure.line())


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def slower(name: str, figure: float, floor: float, *, at_most: float | None = None) -> Figure:
    """How many times as long as its floor something takes; times in seconds."""
    ratio = figure / floor
    goal = f"at most {at_most:g} x" if at_most else ""
    met = ratio <= at_most if at_most else None
    return Figure(name, milliseconds(figure), milliseconds(floor), f"{ratio:.2f} x", goal, met)


def faster(name: str, figure: float, floor: float, *, at_least: float | None = None) -> Figure:
    """How many requests a second something answers, beside its floor."""
    ratio = figure / floor
    goal = f"at least {at_least:g} x" if at_least else ""
    met = ratio >= at_least if at_least else None
    return Figure(name, f"{figure:,.0f}/s", f"{floor:,.0f}/s", f"{ratio:.2f} x", goal, met)


def alternately(times: int, *tasks: Callable[[], object]) -> list[float]:
    """The median seconds of each task. They take turns, so that a busy moment of the machine hits all alike."""
    for task in tasks:
        task()
    taken: list[list[float]] = [[] for _ in tasks]
    gc.collect()
    for _ in range(times):
        for kept, task in zip(taken, tasks, strict=True):
            begun = time.perf_counter()
            task()
            kept.append(time.perf_counter() - begun)
    return [statistics.median(kept) for kept in taken]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.3f} ms" if seconds < 0.1 else f"{seconds * 1000:,.0f} ms"


def peak_mb() -> float:
    """The most memory that this process has held. (What `getrusage` says starts from what the parent held.)"""
    return _memory("VmHWM")


def held_mb() -> float:
    """The memory that this process holds now."""
    return _memory("VmRSS")


def _memory(name: str) -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) / 1024


def idle_seconds() -> float:
    """How long the machine's cores have had nothing to do since it started, all together."""
    return float(Path("/proc/uptime").read_text().split()[1])


def machine() -> str:
    """What the figures were measured on."""
    import pysqlite3.dbapi2 as sqlite

    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite.sqlite_version} "
        f"(Python's own: {sqlite3.sqlite_version}), {platform.system()} {platform.release()}"
    )
