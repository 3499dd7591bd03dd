"""`./run rig NAME`, or `python -m tests.rigs NAME`: do the worst to a deployment, and say what became of it."""

import argparse
import sys

from tests.rigs import kill, power, restores


def main() -> None:
    reads = argparse.ArgumentParser(prog="./run rig", description=__doc__)
    names = reads.add_subparsers(dest="name", required=True)
    killing = names.add_parser("kill", help="kill -9 at random moments under eight people at work")
    killing.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    killing.add_argument("--kills", type=int, help="200, or 40 on PostgreSQL")
    killing.add_argument("--writes", type=int, help="how many to acknowledge: 20,000, or 4,000 on PostgreSQL")
    killing.add_argument("--late-commit", action="store_true", help="with the fault that it must find")
    cutting = names.add_parser("power", help="power cuts on SQLite at random moments of what it asked of the disk")
    cutting.add_argument("--cuts", type=int, default=1000)
    cutting.add_argument("--writes", type=int, default=400, help="how many to acknowledge while it is recorded")
    cutting.add_argument("--synchronous", default="", help="NORMAL is the fault that it must find")
    restoring = names.add_parser("restores", help="backups taken while people work, put back on the other database")
    restoring.add_argument("--times", type=int, default=10, help="how many, half of them each way")
    restoring.add_argument("--seconds", type=float, default=4.0, help="how long is written before each backup")
    restoring.add_argument("--without-one-moment", action="store_true", help="with the fault that it must find")
    given = reads.parse_args()
    sys.exit(0 if {"kill": _kill, "power": _power, "restores": _restores}[given.name](given) else 1)


def _kill(given: argparse.Namespace) -> bool:
    kills, writes = (200, 20_000) if given.database == "sqlite" else (40, 4_000)
    target = "tests.rigs.late_commit:app" if given.late_commit else "wsgi:app"
    result = kill.run(given.kills or kills, given.writes or writes, database=given.database, target=target, say=say)
    ledger, found = result.ledger, result.found
    sorts = ("saved", "judged", "uploaded", "signed", "submitted")
    say(
        f"{given.database}: {result.kills} kills, {ledger.acknowledged:,} acknowledged ("
        + ", ".join(f"{len(getattr(ledger, sort)):,} {sort}" for sort in sorts)
        + f"), {ledger.unanswered} requests without an answer, {result.seconds:,.0f} s"
    )
    faults = ledger.statuses[500]
    say(f"lost {len(found.lost)}, half-written {len(found.half)}, register {'sound' if found.sound else 'BROKEN'}")
    say(f"answered as a fault of ours (500): {faults}")
    for each in (found.lost + found.half)[:20]:
        say(f"  {each}")
    return (found.well and not faults) is not given.late_commit


def _power(given: argparse.Namespace) -> bool:
    record = power.recorded(given.writes, synchronous=given.synchronous)
    result = power.cut(record, given.cuts)
    say(
        f"synchronous={given.synchronous or 'FULL'}: {record.acknowledged} acknowledged, {len(record.steps):,} "
        f"steps of the disk, {given.cuts:,} power cuts: {result.lost:,} lost something, {result.broken:,} broke it"
    )
    return (result.lost + result.broken == 0) is not bool(given.synchronous)


def _restores(given: argparse.Namespace) -> bool:
    well = restores.many(given.times, seconds=given.seconds, one_moment=not given.without_one_moment, say=say)
    say(f"{well} of {given.times} complete")
    return (well == given.times) is not given.without_one_moment


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
