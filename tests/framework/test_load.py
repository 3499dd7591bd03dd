import json
import os
import shutil
from pathlib import Path

import pytest
import yaml

from coprod.errors import DomainError
from coprod.framework.library import UnknownVersion
from coprod.framework.load import (
    Fault,
    FrameworkFaults,
    check,
    load_charter,
    load_framework,
    load_library,
)
from coprod.framework.schemas import json_schemas

HERE = Path(__file__).parent
SHIPPED = HERE.parent.parent / "frameworks"
CASES = sorted(path.parent.name for path in HERE.glob("broken/*/case.yaml"))
VALUE = "small/1.0/values/1-aa.yaml"
WHOLE = "small/1.0/framework.yaml"


@pytest.fixture
def root(tmp_path):
    """A small library with nothing wrong in it, to break."""
    return Path(shutil.copytree(HERE / "data", tmp_path / "frameworks"))


def broken(root: Path, case: str) -> list[Fault]:
    """Make the edits of a case, and say what faults they should bring."""
    wanted = yaml.safe_load((HERE / "broken" / case / "case.yaml").read_text(encoding="utf-8"))
    for edit in wanted["edits"]:
        file = root / edit["file"]
        if edit.get("remove"):
            file.unlink()
        elif "write" in edit:
            file.write_text(edit["write"], encoding="utf-8")
        else:
            text = file.read_text(encoding="utf-8")
            assert edit["replace"] in text
            file.write_text(text.replace(edit["replace"], edit["with"], 1), encoding="utf-8")
    return [Fault(**fault) for fault in wanted["faults"]]


def only_fault(root: Path) -> Fault:
    with pytest.raises(FrameworkFaults) as refused:
        load_library(root)
    (fault,) = refused.value.faults
    return fault


@pytest.mark.parametrize("case", CASES)
def test_each_broken_file_is_refused_with_its_file_line_place_and_a_sentence(case, root):
    wanted = broken(root, case)
    with pytest.raises(FrameworkFaults) as refused:
        load_library(root)
    assert list(refused.value.faults) == wanted
    assert list(check(root).faults) == wanted
    assert isinstance(refused.value, DomainError)
    assert all(str(fault) in refused.value.message for fault in wanted)


def test_a_fault_in_one_version_leaves_the_others_in_the_report(root):
    shutil.copytree(root / "small" / "1.0", root / "small" / "1.1")
    report = check(root)
    assert [(each.slug, each.version) for each in report.frameworks] == [("small", "1.0")]
    assert [fault.file for fault in report.faults] == ["small/1.1/framework.yaml"]
    assert report.summary()[-1] == "1 thing to put right."


def test_a_huge_file_is_refused_unread(root):
    (root / VALUE).write_bytes(b"code: AA\n" * (10_000_000 // 9))
    assert only_fault(root) == Fault(VALUE, 1, "", "This file is larger than 1 MB, so it was not read.")


def test_an_alias_bomb_goes_off_nowhere(root):
    lines = ["a0: &a0 [boom, boom]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    (root / VALUE).write_text("\n".join(lines), encoding="utf-8")
    faults = check(root).faults
    assert len(faults) == 60 + 2 * 59
    assert all("Write this out in full" in fault.message for fault in faults)


@pytest.mark.parametrize("text", ["code: " + "[" * 400_000, "code: " + "{a: " * 200_000, "- " * 400_000])
def test_deep_nesting_is_refused_early(root, text):
    (root / VALUE).write_text(text, encoding="utf-8")
    assert only_fault(root).message == "This is nested too deeply."


def test_a_file_of_very_many_entries_is_refused_early(root):
    (root / VALUE).write_text("- a\n" * 200_000, encoding="utf-8")
    fault = only_fault(root)
    assert (fault.line, fault.message) == (20_000, "This file has too many entries.")


def test_text_that_is_not_utf8_is_refused_with_its_line(root):
    (root / VALUE).write_bytes(b"code: AA\nname: caf\xe9\n")
    assert only_fault(root) == Fault(VALUE, 2, "", "This is not UTF-8 text. Save the file as UTF-8.")


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\u202e", "\u2066", "\u200b", "\u2028"])
def test_a_character_that_cannot_be_seen_is_refused_even_in_a_remark(root, character):
    text = (root / VALUE).read_text(encoding="utf-8")
    (root / VALUE).write_text(f"{text}# A remark{character}\n", encoding="utf-8")
    fault = only_fault(root)
    assert fault.line == text.count("\n") + 1
    assert fault.message == f"There is a character here that can't be seen (U+{ord(character):04X}). Take it out."


def test_a_link_to_a_file_outside_is_refused(root, tmp_path):
    outside = (root / VALUE).rename(tmp_path / "outside.yaml")
    (root / VALUE).symlink_to(outside)
    message = "This is a link to somewhere outside the folder. Put the file itself here."
    assert only_fault(root) == Fault(VALUE, 1, "", message)


def test_a_link_to_a_folder_outside_is_refused(root, tmp_path):
    outside = (root / "small" / "1.0").rename(tmp_path / "1.0")
    (root / "small" / "1.0").symlink_to(outside)
    assert "small/1.0/values" in [fault.file for fault in check(root).faults]
    assert not check(root).frameworks


def test_a_link_to_itself_and_a_pipe_are_refused(root):
    (root / VALUE).unlink()
    (root / VALUE).symlink_to(root / VALUE)
    pipe = root / "small" / "1.0" / "values" / "3-cc.yaml"
    os.mkfifo(pipe)
    assert {fault.message for fault in check(root).faults} == {
        "This file is missing, or can't be opened.",
        "This is not a file.",
    }


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FrameworkFaults, match="This folder is missing"):
        load_library(tmp_path / "nowhere")
    with pytest.raises(FrameworkFaults, match="This file is missing"):
        load_charter(tmp_path / "nowhere.yaml")


def test_too_many_files_are_refused(root):
    for number in range(201):
        (root / "charter" / f"{number}.0.yaml").touch()
    assert only_fault(root) == Fault("charter", 1, "", "There are more than 200 files here.")


def test_the_hash_is_of_what_a_file_says_and_not_of_how_it_is_laid_out(root):
    before = load_framework(root / "small" / "1.0").sha256
    text = (root / WHOLE).read_text(encoding="utf-8")
    (root / WHOLE).write_text("# A remark.\n\n" + text.replace('"1.0"', "'1.0'"), encoding="utf-8")
    assert load_framework(root / "small" / "1.0").sha256 == before
    (root / WHOLE).write_text(text.replace("Small standards", "Small standard"), encoding="utf-8")
    assert load_framework(root / "small" / "1.0").sha256 != before


def test_words_that_other_readers_of_yaml_guess_at_stay_words(root):
    text = (root / VALUE).read_text(encoding="utf-8")
    (root / VALUE).write_text(text.replace("[Listening]", "[no, 1.0, 2026-09-01, 0777]"), encoding="utf-8")
    assert load_framework(root / "small" / "1.0").values[0].themes == ("no", "1.0", "2026-09-01", "0777")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", ["small 1.0", "charter 1.0"]),
        ("small", ["small 1.0"]),
        ("small/1.0", ["small 1.0"]),
        ("small/1.0/values", ["small 1.0"]),
        (WHOLE, ["small 1.0"]),
        (VALUE, ["small 1.0"]),
        ("charter", ["charter 1.0"]),
        ("charter/1.0.yaml", ["charter 1.0"]),
    ],
)
def test_check_takes_the_whole_folder_or_any_part_of_it(root, path, found):
    report = check(root / path)
    assert [f"{each.slug} {each.version}" for each in (*report.frameworks, *report.charters)] == found
    assert report.faults == ()
    assert report.summary()[-1] == "Nothing to put right."


def test_a_library_finds_a_version_and_the_newest(root):
    for version in ("1.2", "1.10"):
        text = (root / "charter" / "1.0.yaml").read_text(encoding="utf-8")
        (root / "charter" / f"{version}.yaml").write_text(text.replace('"1.0"', f'"{version}"'), encoding="utf-8")
    library = load_library(root)
    assert library.latest_charter().version == "1.10"
    assert library.charter("charter", "1.2").version == "1.2"
    assert library.latest("small") is library.framework("small", "1.0")
    for missing in (lambda: library.framework("small", "9.9"), lambda: library.latest("large")):
        with pytest.raises(UnknownVersion, match="There are no standards called"):
            missing()


def test_the_schemas_that_editors_use_are_up_to_date():
    """To bring them up to date: coprod frameworks schema."""
    shipped = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in SHIPPED.glob("schema/*.json")}
    assert shipped == json_schemas()


@pytest.mark.parametrize("file", sorted(SHIPPED.rglob("*.yaml")), ids=lambda file: file.name)
def test_each_file_names_the_schema_that_its_editor_should_use(file):
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (file.parent / first.partition("$schema=")[2]).is_file()
