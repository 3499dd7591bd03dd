"""Production does not start on settings that would leave the door open, and says why; nor does a misspelt mode."""

import os
import re
import secrets
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from coprod.settings import ROOT, BadSettings, from_environment

REAL = secrets.token_urlsafe(48)
REFUSED = {
    "no key": ({}, "COPROD_SECRET_KEY must be at least 32"),
    "a short key": ({"COPROD_SECRET_KEY": "k3Z!"}, "COPROD_SECRET_KEY must be at least 32"),
    "one character": ({"COPROD_SECRET_KEY": "x" * 64}, "holds only 1 different characters"),
    "few characters": ({"COPROD_SECRET_KEY": "abcabdabeabf" * 4}, "holds only 6 different characters"),
    "a repetition": ({"COPROD_SECRET_KEY": "k3Zq9wLm2XtVb7Rp" * 3}, "repeats itself"),
    "an example's key": ({"COPROD_SECRET_KEY": "please-changeme-before-you-go-live-0987"}, "looks like one from"),
    "a default": ({"COPROD_SECRET_KEY": "django-insecure-9wLm2XtVb7Rpk3Zq9wLm2Xt"}, "looks like one from"),
    "debug": ({"COPROD_SECRET_KEY": REAL, "FLASK_DEBUG": "1"}, "FLASK_DEBUG must not be on in production"),
    "a misspelt mode": ({"COPROD_SECRET_KEY": REAL, "COPROD_MODE": "demonstraton"}, "COPROD_MODE: .*'production'"),
    "a mode in capitals": ({"COPROD_SECRET_KEY": REAL, "COPROD_MODE": "PRODUCTION"}, "COPROD_MODE: .*'production'"),
    "an unknown store of limits": (
        {"COPROD_SECRET_KEY": REAL, "COPROD_RATE_LIMIT_STORAGE": "memcache://"},
        "COPROD_RATE_LIMIT_STORAGE",
    ),
}


PARTS = {
    "s3": ("obstore", {"COPROD_S3_BUCKET": "evidence"}, "COPROD_S3_BUCKET needs a part"),
    "notify": (
        "notifications_python_client",
        {"COPROD_NOTIFY_KEY": "k", "COPROD_NOTIFY_TEMPLATE": "t"},
        "COPROD_NOTIFY_KEY needs a part",
    ),
    "redis": ("redis", {"COPROD_RATE_LIMIT_STORAGE": "redis://127.0.0.1"}, "COPROD_RATE_LIMIT_STORAGE needs a part"),
}


@pytest.fixture
def environment(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith(("COPROD_", "FLASK_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COPROD_INSTANCE", str(tmp_path))
    return monkeypatch


@pytest.mark.parametrize("what", REFUSED)
def test_production_refuses_to_start_and_says_why(environment, what):
    given, why = REFUSED[what]
    for name, value in given.items():
        environment.setenv(name, value)
    with pytest.raises(BadSettings, match=why):
        from_environment()


@pytest.mark.parametrize("part", PARTS)
def test_what_is_asked_for_and_not_installed_is_named(environment, part):
    library, given, why = PARTS[part]
    for name, value in ({"COPROD_SECRET_KEY": REAL} | given).items():
        environment.setenv(name, value)
    environment.setattr("coprod.settings.find_spec", lambda asked: None if asked == library else asked)
    with pytest.raises(BadSettings, match=rf"{why} that is not installed: install coprod\[{part}\]"):
        from_environment()
    environment.setattr("coprod.settings.find_spec", lambda asked: asked)
    from_environment()


def test_a_random_key_is_taken(environment):
    for _ in range(300):
        key = secrets.token_urlsafe(48)
        environment.setenv("COPROD_SECRET_KEY", key)
        assert from_environment().key() == key


def test_what_is_refused_never_shows_the_key(environment):
    for given, _ in REFUSED.values():
        for name, value in given.items():
            environment.setenv(name, value)
        with pytest.raises(BadSettings) as refusal:
            from_environment()
        assert given.get("COPROD_SECRET_KEY", "nothing at all") not in str(refusal.value)


@pytest.mark.parametrize("what", ["no key", "debug", "a misspelt mode"])
def test_the_command_line_refuses_too(tmp_path: Path, what: str) -> None:
    said = started(tmp_path, what, [Path(sys.executable).parent / "coprod", "tick"])
    assert re.search(REFUSED[what][1], said), said


def test_the_server_itself_does_not_serve(tmp_path: Path) -> None:
    """The server as it is run in production, with a key out of an example."""
    serve = [Path(sys.executable).parent / "granian", "--interface", "wsgi", "--port", "0", "--no-ws", "wsgi:app"]
    said = started(tmp_path, "an example's key", serve)
    assert "looks like one from an example" in said, said
    assert "Traceback" not in said


def started(folder: Path, what: str, command: list[object]) -> str:
    """What a process says that is started with these settings. It ends by itself, and not well."""
    environment = {"PATH": "/usr/bin:/bin", "COPROD_INSTANCE": str(folder)} | REFUSED[what][0]
    process = subprocess.Popen(
        [str(part) for part in command],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=60)
        assert process.returncode != 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    return said
