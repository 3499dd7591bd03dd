"""A log line is one line of JSON with identifiers only: nobody forges one, and nobody is named in one."""

import json
import shutil

from coprod.app import create_app
from coprod.database import db
from tests.conftest import MOMENT, made
from tests.support import build

FORGED = '\r\n{"event": "forged", "level": "info"}\r\n'


def test_nobody_writes_into_the_log(tmp_path, empty_database, capsys):
    shutil.copy(empty_database, tmp_path / "coprod.sqlite3")
    app = create_app(made(tmp_path), KEEP_PAGES=False, CLOCK=lambda: MOMENT, RATELIMIT_ENABLED=False)
    with app.app_context():
        build.person("Sam Reed")
        http = app.test_client()
        token = http.get("/sign-in").text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        data = {"email": f"sam.reed@example.org{FORGED}", "password": f"x{FORGED}", "csrf_token": token}
        for where in ("/%0d%0aforged", "/verify/%0d%0aforged", f"/sign-in?next=/start%0d%0aX-Bad:%20forged&{FORGED!r}"):
            assert "X-Bad" not in http.get(where, environ_base={"HTTP_USER_AGENT": FORGED}).headers
        http.post("/sign-in", data=data, environ_base={"HTTP_USER_AGENT": FORGED, "HTTP_X_REQUEST_ID": FORGED})
        db.session.remove()
        db.engine.dispose()
    lines = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert len(lines) >= 4
    for line in lines:
        assert isinstance(json.loads(line), dict), line
        for private in ("forged", "sam.reed", "127.0.0.1"):
            assert private not in line
