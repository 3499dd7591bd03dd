#!/usr/bin/env python3
"""Checks a downloaded register of sign-ups and awards, without asking the site that it comes from.

    python3 check_register.py register.jsonl
    python3 check_register.py register.jsonl --head head.json --keys jwks.json --fingerprint "3f9a 0c1d 77e2 90ab"

It names the first entry that was changed, removed, added or moved. With the signed end (--head) and the public keys
(--keys) it also checks the signature, which needs the library "cryptography". With a fingerprint, as it is printed on a
certificate, it can tell a register that was built anew.

It needs Python 3.9 or later. It reads files, and writes and sends nothing.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from json.encoder import encode_basestring as quoted

FIRST = "0" * 64
HASHED = ("seq", "at", "kind", "organisation_id", "payload_hash", "previous")
PARTS = {*HASHED, "entry_hash", "salt", "facts"}
SALT = re.compile("[0-9a-f]{64}")


class Fault(Exception):
    """What is wrong, in words."""


def canonical(facts):
    """Words, whole numbers and nothing have one way of being written: names in order, no spaces, UTF-8."""
    pairs = sorted(facts.items())
    said = [f"{quoted(name)}:{quoted(fact) if type(fact) is str else other(fact)}" for name, fact in pairs]
    return f"{{{','.join(said)}}}".encode()


def other(fact):
    if fact is None:
        return "null"
    if type(fact) is int:
        return str(fact)
    raise Fault("its facts are of the wrong kind.")


def once(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Fault("it says one thing twice.")
    return found


READER = json.JSONDecoder(object_pairs_hook=once)


def read(line):
    try:
        entry = READER.decode(line)
        right = isinstance(entry, dict) and set(entry) == PARTS and type(entry["seq"]) is int
        right = right and all(isinstance(entry[name], str) for name in (*HASHED[1:], "entry_hash"))
    except (ValueError, RecursionError):
        right = False
    if not right:
        raise Fault("it can't be read.")
    return entry


def check(entry, number, previous):
    if entry["seq"] != number:
        raise Fault(f"number {entry['seq']} stands in its place, so an entry was removed, added or moved.")
    if entry["previous"] != previous:
        raise Fault("it does not follow from the entry before it.")
    if hashlib.sha256(canonical({name: entry[name] for name in HASHED})).hexdigest() != entry["entry_hash"]:
        raise Fault("its number, time, kind, organisation or hashes were changed.")
    salt, facts = entry["salt"], entry["facts"]
    if salt is None and facts is None:
        return  # Erased, because it was about a person. The chain still holds.
    if not isinstance(salt, str) or not SALT.fullmatch(salt) or not isinstance(facts, dict):
        raise Fault("only a part of what it says was erased.")
    if hashlib.sha256(bytes.fromhex(salt) + canonical(facts)).hexdigest() != entry["payload_hash"]:
        raise Fault("what it says was changed.")


def check_file(path):
    """The hashes of all entries in order. Raises Fault, which names the first one that is wrong."""
    hashes = [FIRST]
    with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
        for line in lines:
            if not line.strip():
                continue
            try:
                entry = read(line)
                check(entry, len(hashes), hashes[-1])
            except (Fault, UnicodeEncodeError) as fault:
                raise Fault(f"Entry {len(hashes)} is not as it was written: {fault}") from None
            hashes.append(entry["entry_hash"])
    return hashes


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check_signature(hashes, head, keys):
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    number = head["seq"]
    if type(number) is not int or not 0 < number < len(hashes) or hashes[number] != head["entry_hash"]:
        raise Fault(f"Entry {number} is not the one that was signed: the register was cut short or built anew.")
    known = [key for key in keys["keys"] if key["kid"] == head["kid"] and key.get("crv") == "Ed25519"]
    if not known:
        raise Fault("The key that signed the end of the register is not among the public keys.")
    try:
        said = canonical({"entry_hash": head["entry_hash"], "seq": number})
        Ed25519PublicKey.from_public_bytes(decoded(known[0]["x"])).verify(decoded(head["signature"]), said)
    except (InvalidSignature, ValueError):
        raise Fault("The signature under the register is not genuine.") from None


def check_fingerprint(hashes, typed):
    signs = "".join(typed.split()).lower()
    if len(signs) < 16:
        raise Fault("A fingerprint has at least 16 signs.")
    if not any(each.startswith(signs) for each in hashes[1:]):
        raise Fault("The fingerprint is not in this register: it was cut short or built anew.")


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("register")
    asked.add_argument("--head", help="the file head.json")
    asked.add_argument("--keys", help="the file jwks.json")
    asked.add_argument("--fingerprint", help="as printed on a certificate")
    given = asked.parse_args()
    if bool(given.head) != bool(given.keys):
        asked.error("give --head and --keys together")
    try:
        hashes = check_file(given.register)
        if given.head:
            with open(given.head) as head, open(given.keys) as keys:
                check_signature(hashes, json.load(head), json.load(keys))
        if given.fingerprint:
            check_fingerprint(hashes, given.fingerprint)
    except Fault as fault:
        print(fault)
        return 1
    except (OSError, ValueError, KeyError, TypeError) as fault:
        print(f"A file can't be read: {fault}")
        return 2
    print(f"The register is sound. Entries: {len(hashes) - 1:,}. Fingerprint of the last one: {hashes[-1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
