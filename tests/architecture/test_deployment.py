"""What deploys the product is whole, and promises what the documents say."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from coprod.cli import commands
from coprod.settings import Settings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "deployment"
UNITS = sorted([*FOLDER.glob("*.service"), *FOLDER.glob("*.timer")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
GRANIAN = ROOT / ".venv" / "bin" / "granian"


def steps() -> list[str]:
    """The commands of README's section on deployment."""
    block = README.split("## Deployment")[1].split("```sh\n")[1].split("```")[0]
    return [line for line in block.splitlines() if line and not line.startswith("#")]


def test_ten_commands_are_enough():
    assert len(steps()) == 10


def test_what_the_ten_commands_name_is_there():
    named = "\n".join(steps())
    for command in re.findall(r"^coprod ([a-z-]+)", named, flags=re.M):
        assert command in commands.commands
    for unit in re.findall(r"coprod(?:-\w+)?(?:\.timer)?", named.split("systemctl enable --now")[1].splitlines()[0]):
        assert (FOLDER / unit).exists() or (FOLDER / f"{unit}.service").exists(), unit
    assert "docs/deployment/install" in named


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_are_what_systemd_understands(path: Path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    asked = [shutil.which("systemd-analyze") or "", "verify", "--man=no", path]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stderr
    wrong = [line for line in said.splitlines() if "is not executable: No such file" not in line]
    assert not [line for line in wrong if path.name in line]


@pytest.mark.parametrize("path", [each for each in UNITS if each.suffix == ".service"], ids=lambda path: path.name)
def test_services_have_no_rights_that_they_do_not_need(path: Path):
    words = path.read_text(encoding="utf-8")
    assert "User=coprod\n" in words
    for each in ("NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "UMask=0077"):
        assert f"{each}\n" in words


def test_the_server_knows_every_option_that_it_is_started_with():
    said = subprocess.run([GRANIAN, "--help"], capture_output=True, text=True, check=True).stdout
    for path in (FOLDER / "coprod.service", ROOT / "Containerfile", ROOT / "run"):
        words = path.read_text(encoding="utf-8")
        start = words[words.rindex("granian") :].split("wsgi:app")[0]
        for option in re.findall(r"--[a-z-]+", start):
            assert option in said, f"{path.name}: {option}"


def test_settings_that_are_laid_are_settings():
    for path in (FOLDER / "coprod.env", FOLDER / "compose.env", ROOT / "compose.yaml"):
        named = re.findall(r"\bCOPROD_([A-Z0-9_]+)\b", path.read_text(encoding="utf-8"))
        assert named
        assert not {name.lower() for name in named} - set(Settings.model_fields), path.name


def test_containers_run_without_root_and_only_the_proxy_is_reached_from_outside():
    assert re.findall(r"^USER (\S+)$", (ROOT / "Containerfile").read_text(), flags=re.M)[-1] == "10001"
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    for name in ("upgrade", "web", "worker", "backup"):
        one = services[name]
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
        assert one["security_opt"] == ["no-new-privileges:true"]
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    for name, one in services.items():
        for other in one.get("depends_on", ()):
            assert other in services, name


def test_containers_make_a_backup_each_night_where_the_image_lets_them_write():
    one = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["backup"]
    said = one["command"][-1].replace("$$", "$")
    subprocess.run(["/bin/sh", "-n", "-c", said], check=True)
    wait = re.search(r"while sleep (\$\(\(.+?\)\)); do", said)
    seconds = subprocess.run(["/bin/sh", "-c", f"echo {wait[1]}"], capture_output=True, text=True, check=True).stdout
    assert 0 < int(seconds) <= 26 * 3600
    folder = re.search(r"coprod backup (\S+)/coprod-", said)[1]
    assert f"backups:{folder}" in one["volumes"]
    assert re.search(rf"install -d -m 700 -o coprod -g coprod {folder}$", (ROOT / "Containerfile").read_text(), re.M)


@pytest.mark.parametrize("name", ["install", "coprod"])
def test_scripts_are_scripts(name: str):
    subprocess.run(["/bin/sh", "-n", FOLDER / name], check=True)
    assert (FOLDER / name).stat().st_mode & 0o111
