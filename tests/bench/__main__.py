"""The figures of speed and memory: `./run bench`, or `python -m tests.bench [--quick] [NAME...]`.

Nothing here passes or fails. Each figure stands beside a floor that was measured in the same run, so that it says the
same on a slow machine as on a fast one.
"""

import argparse
import tempfile
from pathlib import Path

from tests.bench import (
    answer,
    case,
    certificate,
    changed,
    harness,
    importing,
    lighthouse,
    list_sizes,
    public_list,
    register,
    scale,
    serving,
    signin,
    starting,
    upload,
)

PARTS = {
    "list": ("The public list", public_list),
    "sizes": ("The public list, from few to many signatories", list_sizes),
    "answer": ("Saving an answer", answer),
    "case": ("The pages of a case", case),
    "certificate": ("Certificates", certificate),
    "changed": ("Changed certificates", changed),
    "import": ("The register of schools", importing),
    "register": ("The register", register),
    "signin": ("Signing in, with and without an account", signin),
    "start": ("Starting", starting),
    "upload": ("Uploads", upload),
    "lighthouse": ("Pages on a phone, by Lighthouse", lighthouse),
    "scale": ("PostgreSQL with many organisations and four server processes", scale),
}
BY_NAME = {"lighthouse"}  # What it needs is installed only where it is asked for.


def main() -> None:
    reads = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    reads.add_argument("--quick", action="store_true", help="fewer rounds, for a first look")
    reads.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(PARTS)}")
    given = reads.parse_args()
    unknown = set(given.names) - set(PARTS)
    if unknown:
        reads.error(f"there is no {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    harness.say(f"{harness.machine()}. Medians. Requests by {serving.tool()}.")
    for name, (title, part) in PARTS.items():
        if name not in (given.names or set(PARTS) - BY_NAME):
            continue
        harness.heading(title)
        with tempfile.TemporaryDirectory(prefix="coprod-bench-") as folder:
            harness.show(part.figures(Path(folder), quick=given.quick))


if __name__ == "__main__":
    main()
