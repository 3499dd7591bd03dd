"""A short run of the rig that restores backups taken under load; `./run rig restores` is the long one."""

from pathlib import Path

from tests.rigs import restores


def test_a_backup_taken_while_people_work_comes_back_whole_on_the_other_database(tmp_path: Path, postgresql: Path):
    verdict = restores.run(tmp_path, postgresql, to_postgresql=False, seconds=0.5, writers=1)
    assert verdict.faults == ()
    assert verdict.restored >= verdict.acknowledged > 0
