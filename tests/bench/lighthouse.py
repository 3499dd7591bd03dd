"""How quick and how usable pages are on a phone, as Lighthouse finds: four pages, one of them signed in.

Lighthouse stands in tests/lighthouse with a lock file of its own. Only `./run bench lighthouse` installs it.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from flask import Flask

from coprod.database import db
from coprod.organisations.models import Organisation
from tests.bench import data, serving
from tests.bench.answer import token
from tests.bench.harness import Figure
from tests.support import assessments, build

CHROMIUM = "/usr/bin/chromium"
PROGRAM = serving.ROOT / "tests" / "lighthouse" / "node_modules" / "lighthouse" / "cli" / "index.js"
SIGNATORIES = 200
GOALS = {"performance": 95, "accessibility": 100, "best-practices": 100}  # of 100
FLAGS = "--headless=new --no-sandbox --disable-gpu"
Report = dict[str, Any]


def figures(folder: Path, *, quick: bool) -> Iterable[Figure]:
    """The middle of three runs, or one: a busy machine costs a page points that are not its own."""
    if not PROGRAM.exists():
        raise SystemExit("Lighthouse is not installed: ask for it by name, ./run bench lighthouse")
    app = data.app_with_tables(folder)
    data.fill(app, SIGNATORIES)
    pages, email = _pages(app)
    with serving.served("wsgi:app", _environment(folder)) as port:
        cookie = _signed_in(f"http://127.0.0.1:{port}", email)
        for name, (path, own) in pages.items():
            address = f"http://127.0.0.1:{port}{path}"
            yield from _found(name, [_report(address, cookie if own else "") for _ in range(1 if quick else 3)])


def _pages(app: Flask) -> tuple[dict[str, tuple[str, bool]], str]:
    """Each page's address and whether it is somebody's own; and who that is."""
    with app.app_context():
        signatory = db.session.query(Organisation.slug).order_by(Organisation.slug).first()
        where = build.organisation()
        lead = build.lead_of(where)
        draft = assessments.started(where, build.actor(lead.id))
        question = f"/assessments/{draft.id}/questions/RA1"
        slug = signatory[0] if signatory else ""
        return {
            "Home": ("/", False),
            "List of signatories": ("/signatories", False),
            "One signatory": (f"/signatories/{slug}", False),
            "A question, signed in": (question, True),
        }, lead.email


def _environment(folder: Path) -> dict[str, str]:
    return {"COPROD_INSTANCE": str(folder), "COPROD_SECRET_KEY": data.KEY, "COPROD_BASE_URL": "http://127.0.0.1"}


def _signed_in(site: str, email: str) -> str:
    """The cookie of somebody who signed in through the page, as a header holds it."""
    cookies = CookieJar()
    window = build_opener(HTTPCookieProcessor(cookies))
    with window.open(f"{site}/sign-in") as page:
        given = {"email": email, "password": build.PASSWORD, "csrf_token": token(page.read().decode())}
    window.addheaders = [("Origin", site), ("Referer", f"{site}/sign-in")]
    with window.open(f"{site}/sign-in", urlencode(given).encode()) as answer:
        if "/sign-in" in answer.url:
            raise RuntimeError("nobody was signed in")
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies)


def _report(address: str, cookie: str) -> Report:
    command = ["node", str(PROGRAM), address, "--quiet", "--output=json", f"--chrome-flags={FLAGS}"]
    command += [f"--only-categories={','.join(GOALS)}", "--no-enable-error-reporting"]
    if cookie:
        command.append(f"--extra-headers={json.dumps({'Cookie': cookie})}")
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # where ./run puts Node
    environment = {**os.environ, "CHROME_PATH": CHROMIUM, "PATH": beside}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    report: Report = json.loads(done.stdout)
    if report["finalDisplayedUrl"] != address:
        raise RuntimeError(f"Lighthouse was sent on to {report['finalDisplayedUrl']}")
    return report


def _found(name: str, reports: list[Report]) -> Iterable[Figure]:
    for category, goal in GOALS.items():
        score = round(100 * statistics.median(report["categories"][category]["score"] for report in reports))
        yield Figure(f"{name}: {category}", str(score), "", "", f"at least {goal}", score >= goal)
    for audit, words in (("largest-contentful-paint", "largest part shown"), ("cumulative-layout-shift", "shift")):
        middle = sorted(reports, key=lambda report: report["audits"][audit]["numericValue"])[len(reports) // 2]
        yield Figure(f"  {words}", middle["audits"][audit]["displayValue"].replace("\u00a0", " "))
    for category in ("accessibility", "best-practices"):
        for audit in _lost(reports[-1], category):
            yield Figure(f"  lost by {audit}", "")


def _lost(report: Report, category: str) -> list[str]:
    weighed = [part["id"] for part in report["categories"][category]["auditRefs"] if part["weight"]]
    scores = {audit: report["audits"][audit]["score"] for audit in weighed}
    return [audit for audit, score in scores.items() if score is not None and score < 1]
