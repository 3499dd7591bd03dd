"""A short run of each rig. `./run rig …` runs them long, and prints the figures."""

import pytest
from flask import Flask

from tests.rigs import kill, power
from tests.rigs.hands import Ledger
from tests.rigs.looking import Found, look
from tests.rigs.recorder import Sync

pytestmark = pytest.mark.on_sqlite
FEW = {"leads": 2, "cases": 1}


def test_nothing_acknowledged_is_lost_when_the_server_is_killed_and_what_is_missing_is_named() -> None:
    deceived = []

    def twice(app: Flask, ledger: Ledger) -> Found:
        """What was found, and before it what would be if something more had been acknowledged."""
        deceived.append(look(app, Ledger(saved=ledger.saved | {"never written"})))
        return look(app, ledger)

    result = kill.run(1, 30, look=twice, **FEW)
    assert result.ledger.acknowledged >= 30
    assert (result.found.lost, result.found.half, result.found.sound) == ([], [], True)
    assert set(result.ledger.statuses) <= {200, 302}
    assert deceived[0].lost == ["saved: never written"]


def test_a_power_cut_loses_nothing_and_would_where_nobody_waited_for_the_disk() -> None:
    record = power.recorded(20, **FEW)
    assert power.cut(record, 40) == power.Result(lost=0, broken=0)
    unsynced = power.Record(record.before, [step for step in record.steps if not isinstance(step, Sync)])
    assert power.cut(unsynced, 40).lost > 0
