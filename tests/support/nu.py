"""The Nu HTML checker (vnu.jar, which npm brings), once over many pages: it takes seconds to start."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from coprod.settings import ROOT

JAR = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
FRUGAL = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # Java would take both cores from other tests.
LET_BE = {"The “group” role is unnecessary for element “fieldset”."}  # The UI kit's own, and right by the standard.


def faults(pages: Mapping[str, str], folder: Path) -> list[str]:
    """What is wrong with the HTML of each of these pages. They are laid into the folder under their names."""
    java = shutil.which("java")
    assert java, "java is missing: ./run test installs it"
    folder.mkdir(exist_ok=True)
    for name, source in pages.items():
        (folder / f"{name}.html").write_text(source, encoding="utf-8")
    command = [java, *FRUGAL, "-Xss8m", "-jar", str(JAR), "--stdout", "--format", "json", str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return sorted({_fault(message) for message in json.loads(said)["messages"] if message["message"] not in LET_BE})


def _fault(message: dict[str, object]) -> str:
    page = Path(str(message.get("url", ""))).stem
    around = re.sub(r"\s+", " ", str(message.get("extract", "")))[:120]
    return f"{page}: {message['message']} [{around}]"
