"""One certificate beside bare WeasyPrint on the same HTML with its fonts reused; signing; many; changed ones."""

import hashlib
import random
import resource
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from flask import Flask
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from coprod import remaking
from coprod.certificates import document, making, operations, queries, rules, signing
from coprod.certificates.models import Certificate
from coprod.certificates.rules import from_json
from coprod.database import db
from coprod.framework.queries import current_framework
from coprod.keys import queries as public_keys
from coprod.keys.ring import Purpose, ring
from coprod.permissions import SYSTEM
from coprod.transaction import transaction
from coprod.web import press
from tests.bench import data, harness
from tests.bench.harness import Figure
from tests.support import build, certificates

MANY = 1000
FEW = 100
WARM = 50  # Fonts and caches fill first; what grows after that would grow for ever.
FLAT_MB = 20
CHANGES = 10_000
GUESSES = 1_000_000
AT_ONCE = 500  # numbers that are looked for in one statement
SIGNING_MS = 25
REMADE_SECONDS = 40


def figures(folder: Path, *, quick: bool) -> Iterable[Figure]:
    app = data.app_with_tables(folder)
    facts = certificates.award()
    with app.test_request_context(base_url="http://127.0.0.1"):
        shared, style = press.the_press(), press.style_of(document.STYLE)
        page = document._page(facts, tight=False)

        def bare() -> object:
            source = shared.weasyprint.HTML(string=page, base_url=press.OURS, url_fetcher=shared.fetcher)
            return source.write_pdf(font_config=shared.fonts, stylesheets=[style])

        floor, made = harness.alternately(5 if quick else 20, bare, lambda: document.render(facts))
        yield harness.slower("One certificate, beside bare WeasyPrint", made, floor, at_most=1.25)
        yield _signing(document.render(facts, "a credential"), 5 if quick else 20)
        yield _memory(FEW if quick else MANY)
        _issue(FEW if quick else MANY)
        yield _remade(app, FEW if quick else MANY)
        yield _changed(CHANGES // 10 if quick else CHANGES)
        yield _changed_credentials(CHANGES // 10 if quick else CHANGES)
        yield from _guessed(GUESSES // 10 if quick else GUESSES)


def _signing(plain: bytes, times: int) -> Figure:
    key = ring().key(Purpose.DOCUMENT)
    (taken,) = harness.alternately(times, lambda: signing.signed(plain, key=key, reason="Certificate"))
    return Figure(
        "Signing it", harness.milliseconds(taken), "", "", f"at most {SIGNING_MS} ms", taken * 1000 <= SIGNING_MS
    )


def _memory(number: int) -> Figure:
    """How much more memory is held after so many documents, each with a name of its own, than after the first few."""
    held = 0.0
    for count in range(number + WARM):
        if count == WARM:
            held = harness.held_mb()
        document.render(certificates.award(organisation=f"School number {count}"))
    grown = harness.held_mb() - held
    name = f"Memory after {number:,} more certificates"
    return Figure(name, f"{grown:+.1f} MB", f"{held:,.0f} MB", "", f"under {FLAT_MB} MB", grown < FLAT_MB)


def _issue(number: int) -> None:
    framework = current_framework()
    for count in range(number):
        where = build.organisation(f"School number {count}")
        with transaction():
            operations.issue_award(
                where,
                framework=framework,
                level=framework.levels[1],
                inputs={},
                actor=SYSTEM,
                now=build.MOMENT,
                today=date(2026, 11, 22),
            )


def _remade(app: Flask, number: int) -> Figure:
    begun, worked = time.perf_counter(), _worked()
    made = remaking.remake(anew=True, processes=2, step=lambda _count: None)
    taken = time.perf_counter() - begun
    goal = REMADE_SECONDS * number / MANY
    name = f"{made:,} made, signed and kept, on two processes (floor: half of their work alone)"
    met, alone = made == number and taken <= goal, (_worked() - worked) / 2
    return Figure(name, f"{taken:,.1f} s", f"{alone:,.1f} s", "", f"at most {goal:,.0f} s", met)


def _worked() -> float:
    """Seconds that processes of ours which are done have used of a core."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
