"""The register of schools: rows a second, and whether memory grows with the file."""

import csv
import multiprocessing
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from coprod.organisations import operations
from tests.bench import data, harness
from tests.bench.harness import Figure

SMALL, LARGE = 5_000, 50_000
FLAT = 1.2
HEADING = (
    "URN",
    "LA (code)",
    "LA (name)",
    "EstablishmentNumber",
    "EstablishmentName",
    "TypeOfEstablishment (name)",
    "EstablishmentStatus (name)",
    "PhaseOfEducation (name)",
    "UKPRN",
    "Street",
    "Locality",
    "Address3",
    "Town",
    "County (name)",
    "Postcode",
    "SchoolWebsite",
)


def figures(folder: Path, *, quick: bool) -> Iterable[Figure]:
    del quick  # Even the large file takes seconds.
    small, large = _measured(folder / "small", SMALL), _measured(folder / "large", LARGE)
    per_second = LARGE / large[0]
    read = _reading_alone(folder / "large" / "register.csv")
    yield Figure(
        f"Import of {LARGE:,} rows (floor: only reading the file)",
        f"{per_second:,.0f} rows/s",
        f"{LARGE / read:,.0f} rows/s",
        f"{per_second * read / LARGE:.2f} x",
        "at least 5,000",
        per_second >= 5000,
    )
    again = _measured(folder / "large", LARGE)
    yield Figure("  the same file again, nothing changed", f"{LARGE / again[0]:,.0f} rows/s")
    yield Figure(
        f"  peak memory at {LARGE:,} rows, beside {SMALL:,}",
        f"{large[1]:,.0f} MB",
        f"{small[1]:,.0f} MB",
        f"{large[1] / small[1]:.2f} x",
        f"at most {FLAT} x",
        large[1] / small[1] <= FLAT,
    )


def _measured(folder: Path, rows: int) -> tuple[float, float]:
    """Seconds and peak memory of one import in a process of its own, so that no other figure's memory counts."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "register.csv").exists():
        _write(folder / "register.csv", rows)
    with multiprocessing.get_context("spawn").Pool(1) as process:
        found: tuple[float, float] = process.apply(_import, (folder,))
        return found


def _import(folder: Path) -> tuple[float, float]:
    app = data.app_with_tables(folder)
    with app.app_context():
        begun = time.perf_counter()
        report = operations.import_register(folder / "register.csv", la_codes=(), now=data.MOMENT)
        taken = time.perf_counter() - begun
    if report.faults:
        sys.stderr.write(f"{report.faults[:3]}\n")
    return taken, harness.peak_mb()


def _write(path: Path, rows: int) -> None:
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(HEADING)
        for number in range(rows):
            writer.writerow(_row(number))


def _row(number: int) -> tuple[str, ...]:
    name = f"{data.FIRST[number % len(data.FIRST)]} {data.SECOND[number % len(data.SECOND)]} School {number}"
    kind, phase = (("Community school", "Primary"), ("Academy converter", "Secondary"))[number % 2]
    code = f"{100_000 + number}"
    return (
        *(code, "940", "North Northamptonshire", f"{number % 9000 + 1000}", name, kind, "Open", phase),
        *("", f"{number} High Street", "", "", "Kettering", "Northamptonshire", "NN16 8AB", "www.example.org"),
    )


def _reading_alone(path: Path) -> float:
    def read() -> None:
        with path.open(encoding="cp1252", newline="") as file:
            for _ in csv.reader(file):
                pass

    return harness.alternately(3, read)[0]
