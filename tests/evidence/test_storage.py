"""Files go in and out in pieces, by their content: in a folder, and in S3-compatible storage.

The server here is moto's, started from its package: it speaks S3's protocol with a bucket in memory. It does not prove
what a real provider's permissions, encryption, consistency or outages do.
"""

import errno
import hashlib
import os
import socket
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import boto3
import pytest

from coprod.errors import Busy, NotFound
from coprod.storage import PIECE, ObjectStorage, Storage, WhileOpen, aside, write
from coprod.web import deployment
from tests.conftest import made

ACCOUNT = {"region": "eu-west-2", "key": "a-key", "secret": "a-secret"}
BUCKET = "evidence-here"


@pytest.fixture(scope="module")
def endpoint():
    """A running server that speaks S3, with one bucket."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"
    server = subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {"MOTO_S3_CUSTOM_ENDPOINTS": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(200):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    client = boto3.client(
        "s3", endpoint_url=address, region_name="eu-west-2", aws_access_key_id="a-key", aws_secret_access_key="a-secret"
    )
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    client.close()
    yield address
    server.terminate()
    server.wait()


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path):
    if request.param == "folder":
        yield Storage(tmp_path / "store")
        return
    kept = ObjectStorage(BUCKET, endpoint=request.getfixturevalue("endpoint"), **ACCOUNT)
    yield kept
    for digest, _ in list(kept.digests()):
        kept.remove(digest)


def filed(tmp_path: Path, content: bytes) -> Path:
    place = tmp_path / "sent"
    place.write_bytes(content)
    return place


def test_what_goes_in_comes_out_under_its_hash(store, tmp_path):
    content = os.urandom(3 * PIECE + 17)
    digest = store.put_file(filed(tmp_path, content))
    assert digest == hashlib.sha256(content).hexdigest()
    assert b"".join(store.pieces(digest)) == content
    assert [name for name, _ in store.digests()] == [digest]


def test_the_same_content_is_kept_once(store, tmp_path):
    place = filed(tmp_path, b"the same")
    assert store.put_file(place) == store.put_file(place)
    assert len(list(store.digests())) == 1


def test_what_is_removed_is_gone_and_may_be_removed_again(store, tmp_path):
    digest = store.put_file(filed(tmp_path, b"short lived"))
    assert store.has(digest)
    store.remove(digest)
    store.remove(digest)
    assert not store.has(digest)
    assert list(store.digests()) == []
    with pytest.raises(NotFound):
        list(store.pieces(digest))


def test_each_file_has_its_day(store, tmp_path):
    store.put_file(filed(tmp_path, b"today"))
    assert all(abs(time.time() - kept_at) < 3600 for _, kept_at in store.digests())


def test_a_storage_that_is_away_is_said_so_and_nothing_breaks(tmp_path):
    away = ObjectStorage(BUCKET, endpoint="http://127.0.0.1:9", **ACCOUNT)
    away.store = type(away.store)(
        BUCKET, endpoint="http://127.0.0.1:9", client_options={"allow_http": True}, retry_config={"max_retries": 0}
    )
    with pytest.raises(Busy):
        away.put_file(filed(tmp_path, b"x"))


def test_a_setting_chooses_where_evidence_is_kept(app, endpoint, tmp_path):
    assert isinstance(deployment.evidence_storage(), Storage)
    assert deployment.evidence_storage().folder == deployment.settings().instance / "evidence"
    chosen = deployment._evidence_storage(
        made(tmp_path, s3_bucket=BUCKET, s3_endpoint=endpoint, s3_key="a-key", s3_secret="a-secret")
    )
    digest = chosen.put_file(filed(tmp_path, b"by setting"))
    assert b"".join(chosen.pieces(digest)) == b"by setting"
    chosen.remove(digest)


def test_a_disk_that_is_full_is_said_so_and_leaves_nothing(tmp_path):
    full = Path("/dev/full")
    with full.open("rb") as endless, pytest.raises(Busy):
        write(endless, full)
    with aside(tmp_path / "incoming") as folder:
        (folder / "half").write_bytes(b"x")
    assert list((tmp_path / "incoming").iterdir()) == []


def test_what_is_a_file_already_is_kept_without_a_copy_and_gone_when_it_is_closed(tmp_path):
    kept = Storage(tmp_path / "store")
    with WhileOpen(tmp_path / "incoming") as stream, aside(tmp_path / "incoming") as folder:
        stream.write(b"sent")
        assert write(stream, folder / "sent") == 4
        digest = kept.put_file(folder / "sent")
        assert len({place.stat().st_ino for place in (stream.place, folder / "sent", kept.path(digest))}) == 1
    assert list((tmp_path / "incoming").iterdir()) == []
    assert b"".join(kept.pieces(digest)) == b"sent"


def test_on_another_disk_it_is_copied(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    kept = Storage(tmp_path / "store")
    assert b"".join(kept.pieces(kept.put_file(filed(tmp_path, b"far")))) == b"far"


def test_what_is_kept_again_is_as_young_as_the_last_time(tmp_path):
    """What nobody needs is swept away by its age."""
    kept = Storage(tmp_path / "store")
    place = filed(tmp_path, b"the same")
    os.utime(place, (1000, 1000))
    kept.put_file(place)
    ((_, kept_at),) = kept.digests()
    assert abs(time.time() - kept_at) < 3600


def test_a_large_file_is_never_held_whole(store, tmp_path):
    place = filed(tmp_path, os.urandom(1024) * 20 * 1024)
    tracemalloc.start()
    digest = store.put_file(place)
    for _ in store.pieces(digest):
        continue
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2 * 1024 * 1024
