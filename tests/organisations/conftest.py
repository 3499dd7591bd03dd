import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

HEADING = (
    "URN",
    "LA (code)",
    "LA (name)",
    "EstablishmentName",
    "TypeOfEstablishment (name)",
    "EstablishmentStatus (name)",
    "PhaseOfEducation (name)",
    "Town",
    "Postcode",
)


def school(urn: int | str, name: str = "Hazel Lane School", **changed: str) -> dict[str, str]:
    """One row of the register. Words for `changed`: la, status, phase, type, town, postcode."""
    return {
        "URN": str(urn),
        "LA (code)": changed.get("la", "940"),
        "LA (name)": "North Northamptonshire",
        "EstablishmentName": name,
        "TypeOfEstablishment (name)": changed.get("type", "Community school"),
        "EstablishmentStatus (name)": changed.get("status", "Open"),
        "PhaseOfEducation (name)": changed.get("phase", "Primary"),
        "Town": changed.get("town", "Kettering"),
        "Postcode": changed.get("postcode", "NN15 6QY"),
    }


def written(rows: list[dict[str, str]], heading: tuple[str, ...] = HEADING) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, heading, quoting=csv.QUOTE_ALL, lineterminator="\r\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.fixture
def register_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of the register in the folder of the test."""

    def write(*rows: dict[str, str], encoding: str = "cp1252", name: str = "schools.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(written(list(rows)).encode(encoding))
        return path

    return write
