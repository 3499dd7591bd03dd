"""Certificates that somebody changed: files, credentials and numbers, at random. Nothing may be taken for genuine."""

import hashlib
import random
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from coprod.certificates import making, queries, rules
from coprod.certificates.models import Certificate
from coprod.certificates.rules import from_json
from coprod.database import db
from coprod.keys import queries as public_keys
from tests.bench import data, harness
from tests.bench.certificate import issue
from tests.bench.harness import Figure
from tests.support import build

CHANGES = 10_000
GUESSES = 1_000_000
AT_ONCE = 500  # numbers that are looked for in one statement


def figures(folder: Path, *, quick: bool) -> Iterable[Figure]:
    app = data.app_with_tables(folder)
    with app.test_request_context(base_url="http://127.0.0.1"):
        issue(10)
        making.make_missing(now=build.MOMENT)
        yield _changed(CHANGES // 10 if quick else CHANGES)
        yield _changed_credentials(CHANGES // 10 if quick else CHANGES)
        yield from _guessed(GUESSES // 10 if quick else GUESSES)


def _guessed(number: int) -> Iterable[Figure]:
    """Numbers of certificates at random: how many are somebody's, and does a near one take longer than a far one?"""
    dice = random.Random(7)  # noqa: S311  # the same guesses each time
    hits = 0
    for _ in range(number // AT_ONCE):
        codes = [rules.code(dice.getrandbits(rules.CODE_BITS)) for _ in range(AT_ONCE)]
        hits += db.session.query(Certificate).filter(Certificate.code.in_(codes)).count()
    yield Figure(f"Found by {number:,} guessed numbers", f"{hits:,}", "", "", "none", hits == 0)
    real = db.session.query(Certificate.code).limit(1).scalar()
    near, far = f"{real[:-1]}{'0' if real[-1] != '0' else '1'}", rules.code(dice.getrandbits(rules.CODE_BITS))
    today = date(2026, 11, 22)
    slow, floor = harness.alternately(
        500, lambda: queries.checked(near, today=today), lambda: queries.checked(far, today=today)
    )
    yield harness.slower("A number that is almost one, beside one that is not", slow, floor, at_most=1.05)


def _changed_credentials(number: int) -> Figure:
    """One sign changed, or the same words signed with another key: who reads anything else in it than was said?"""
    dice, listed = random.Random(7), KeySet.import_key_set(public_keys.jwks())  # noqa: S311  # as above
    token = db.session.query(Certificate.credential).limit(1).scalar()
    said = jwt.decode(token, listed, algorithms=["RS256"])
    forged = [jwt.encode(said.header, said.claims, RSAKey.generate_key(2048), algorithms=["RS256"]) for _ in range(3)]
    taken = 0
    for count in range(number):
        place = dice.randrange(len(token))
        one_sign = f"{token[:place]}{dice.choice('AZaz09-_')}{token[place + 1 :]}"
        changed = forged[count] if count < len(forged) else one_sign
        try:
            taken += jwt.decode(changed, listed, algorithms=["RS256"]).claims != said.claims or changed in forged
        except (JoseError, ValueError, KeyError):
            continue
    return Figure(f"Taken for genuine, of {number:,} changed credentials", f"{taken:,}", "", "", "none", taken == 0)


def _changed(number: int) -> Figure:
    """One bit, one field, a number used again, or a stretch from another certificate: who takes it for genuine?"""
    dice = random.Random(7)  # noqa: S311  # the same changes each time
    db.session.remove()
    two = [(row.code, making.document_of(row), from_json(row.facts)) for row in db.session.query(Certificate).limit(2)]
    (code, content, facts), (other, elsewhere, _) = two
    swaps = [(code, other), (facts.headline, "Embedded"), (facts.organisation, "Another School")]
    taken = 0
    for count in range(number):
        place = dice.randrange(len(content))
        if count % 4 == 0 and count // 4 < len(swaps):
            old, new = swaps[count // 4]
            changed = content.replace(old.encode(), new.encode())
        elif count % 4 == 1:
            length = dice.randrange(1, 400)
            changed = content[:place] + elsewhere[place : place + length] + content[place + length :]
        else:
            changed = content[:place] + bytes([content[place] ^ 1 << dice.randrange(8)]) + content[place + 1 :]
        found = queries.checked_file(hashlib.sha256(changed).hexdigest(), today=date(2026, 11, 22))
        taken += found is not None and changed != content
    return Figure(f"Taken for genuine, of {number:,} changed files", f"{taken:,}", "", "", "none", taken == 0)
