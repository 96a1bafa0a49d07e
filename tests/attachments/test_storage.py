"""The directory store writes whole files or none."""

import hashlib
import io
import stat

import pytest

from portal.attachments.storage import DirectoryStore


@pytest.fixture
def store(tmp_path):
    """A store in an empty directory."""
    return DirectoryStore(tmp_path / "files")


def test_what_was_put_is_read_back(store):
    content = bytes(range(256)) * 5000
    stored = store.put(io.BytesIO(content))
    with store.open(stored.key) as file:
        assert file.read() == content
    assert (stored.size, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_keys_are_random_and_files_private(store):
    keys = {store.put(io.BytesIO(b"same")).key for _ in range(50)}
    assert len(keys) == 50
    assert {stat.S_IMODE((store.root / key[:2] / key).stat().st_mode) for key in keys} == {0o600}


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "a" * 31, "A" * 32, "0" * 32, "0" * 32 + "\n", "/etc/passwd"])
def test_only_keys_of_ours_open(store, key):
    with pytest.raises(FileNotFoundError):
        store.open(key)


def test_a_stream_that_breaks_leaves_nothing(store):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError("connection lost")
            return super().read(10)

    with pytest.raises(OSError, match="lost"):
        store.put(Broken(b"x" * 100))
    assert list(store.written()) == []


def test_deleting_twice_is_no_error(store):
    key = store.put(io.BytesIO(b"x")).key
    store.delete(key)
    store.delete(key)
    assert list(store.written()) == []


def test_what_a_killed_upload_left_can_be_found_and_deleted(store):
    key = store.put(io.BytesIO(b"x")).key
    path = store.root / key[:2] / key
    path.rename(path.with_suffix(".part"))
    assert [name for name, _ in store.written()] == [f"{key}.part"]
    store.delete(f"{key}.part")
    assert list(store.written()) == []
