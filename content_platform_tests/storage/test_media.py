"""The media store's contract, held by each store: a folder, a real S3 server, a GCS server."""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
import sys
import tracemalloc
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import pytest
from google.cloud import storage as google_storage
from google.oauth2 import service_account
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content_platform.errors import BadInput, DefectiveMedia, NotFound, StorageUnavailable
from content_platform.settings import Settings
from content_platform.storage.adapters.gcs import GcsMediaStore
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.adapters.s3 import S3MediaStore
from content_platform.storage.media import MediaStore, object_name, open_media_store
from content_platform.storage.models import MediaRef
from content_platform_tests.contract_servers.gcs import GcsServer, StoredObject
from content_platform_tests.contract_servers.seaweedfs import connect, seaweedfs

BUCKET = "media-tests"
PICTURE = b"not really a picture, but bytes are bytes" * 100


class Backend(Protocol):
    """A place for media, and a way to look behind the store's back."""

    def store(self) -> MediaStore:
        """A new store on the same place, as another process would have it."""
        ...

    def names(self) -> list[str]: ...

    def overwrite(self, ref: MediaRef, data: bytes) -> None: ...


class LocalBackend:
    def __init__(self, folder: Path) -> None:
        self.folder = folder / "media"

    def store(self) -> MediaStore:
        return LocalMediaStore(self.folder)

    def names(self) -> list[str]:
        return [
            str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()
        ]

    def overwrite(self, ref: MediaRef, data: bytes) -> None:
        path = self.folder / object_name(ref)
        path.unlink()
        path.write_bytes(data)


class S3Backend:
    def __init__(self, client: Any, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.prefix = folder.name
        self._stores = 0

    def store(self) -> MediaStore:
        self._stores += 1
        cache = LocalMediaStore(self.folder / f"cache-{self._stores}")
        return S3MediaStore(self.client, BUCKET, self.prefix, cache)

    def names(self) -> list[str]:
        listed = self.client.list_objects_v2(Bucket=BUCKET, Prefix=f"{self.prefix}/")
        return [
            found["Key"].removeprefix(f"{self.prefix}/") for found in listed.get("Contents", [])
        ]

    def overwrite(self, ref: MediaRef, data: bytes) -> None:
        key = f"{self.prefix}/{object_name(ref)}"
        self.client.put_object(Bucket=BUCKET, Key=key, Body=data)


class GcsBackend:
    def __init__(self, server: GcsServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.prefix = folder.name
        self._stores = 0

    def store(self) -> MediaStore:
        self._stores += 1
        cache = LocalMediaStore(self.folder / f"cache-{self._stores}")
        return GcsMediaStore(gcs_client(self.server), BUCKET, self.prefix, cache)

    def names(self) -> list[str]:
        start = f"{self.prefix}/"
        found = [name for _, name in self.server.objects if name.startswith(start)]
        return [name.removeprefix(start) for name in found]

    def overwrite(self, ref: MediaRef, data: bytes) -> None:
        key = (BUCKET, f"{self.prefix}/{object_name(ref)}")
        old = self.server.objects[key]
        self.server.objects[key] = StoredObject(
            data, old.content_type, {}, old.generation + 1, old.created
        )


def gcs_client(server: GcsServer, account: dict[str, str] | None = None) -> google_storage.Client:
    credentials = service_account.Credentials.from_service_account_info(
        account or server.service_account
    )
    return google_storage.Client(
        project="sample-project",
        credentials=credentials,
        client_options={"api_endpoint": server.url},
    )


@pytest.fixture(scope="module")
def s3_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as url:
        connect(url).create_bucket(Bucket=BUCKET)
        yield url


@pytest.fixture(scope="module")
def gcs() -> Iterator[GcsServer]:
    with GcsServer(BUCKET) as server:
        yield server


@pytest.fixture(params=["local", "s3", "gcs"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    match request.param:
        case "s3":
            return S3Backend(connect(request.getfixturevalue("s3_url")), tmp_path)
        case "gcs":
            return GcsBackend(request.getfixturevalue("gcs"), tmp_path)
    return LocalBackend(tmp_path)


def test_what_is_put_is_read_back_by_another_process(backend: Backend) -> None:
    ref = backend.store().put_bytes(PICTURE, "image/png")
    assert ref.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert ref.size_bytes == len(PICTURE)
    other = backend.store()
    assert other.exists(ref)
    with other.open(ref) as stream:
        assert stream.read() == PICTURE
    assert other.local_path(ref).read_bytes() == PICTURE
    assert other.local_path(ref).suffix == ".png"


def test_an_empty_file_is_media_too(backend: Backend) -> None:
    ref = backend.store().put_bytes(b"", "text/plain")
    other = backend.store()
    assert other.exists(ref)
    assert other.local_path(ref).read_bytes() == b""


def test_a_file_of_many_chunks_comes_back_whole(backend: Backend, tmp_path: Path) -> None:
    data = random.Random(7).randbytes(20_000_003)
    file = tmp_path / "film.mp4"
    file.write_bytes(data)
    ref = backend.store().put_file(file, "video/mp4")
    assert backend.store().local_path(ref).read_bytes() == data
    file.write_bytes(b"changed afterwards")
    assert backend.store().local_path(ref).read_bytes() == data


def test_the_same_bytes_are_kept_once(backend: Backend) -> None:
    with ThreadPoolExecutor(6) as threads:
        stores = [backend.store() for _ in range(3)]
        refs = list(threads.map(lambda n: stores[n % 3].put_bytes(PICTURE, "image/png"), range(12)))
    assert len(set(refs)) == 1
    assert backend.names() == [object_name(refs[0])]


def test_wrong_bytes_are_found_on_reading_and_repaired_by_storing_again(backend: Backend) -> None:
    ref = backend.store().put_bytes(PICTURE, "image/png")
    backend.overwrite(ref, PICTURE.replace(b"bytes", b"BYTES"))
    store = backend.store()
    with store.open(ref) as stream, pytest.raises(DefectiveMedia, match=ref.sha256) as failure:
        stream.read()
    assert "repairs" in failure.value.remedy
    with pytest.raises(DefectiveMedia, match=ref.sha256):
        store.local_path(ref)
    store.put_bytes(PICTURE, "image/png")
    assert backend.store().local_path(ref).read_bytes() == PICTURE


def test_a_cut_off_file_does_not_count_as_there(backend: Backend) -> None:
    ref = backend.store().put_bytes(PICTURE, "image/png")
    backend.overwrite(ref, PICTURE[:-1])
    store = backend.store()
    assert not store.exists(ref)
    with store.open(ref) as stream, pytest.raises(DefectiveMedia):
        stream.read()
    store.put_bytes(PICTURE, "image/png")
    assert backend.store().exists(ref)


def test_too_many_bytes_are_refused_before_the_end(backend: Backend) -> None:
    ref = backend.store().put_bytes(PICTURE, "image/png")
    backend.overwrite(ref, PICTURE + b"and more")
    with backend.store().open(ref) as stream, pytest.raises(DefectiveMedia):
        stream.read()


def test_deleted_media_are_not_found(backend: Backend) -> None:
    store = backend.store()
    ref = store.put_bytes(PICTURE, "image/png")
    store.delete(ref)
    store.delete(ref)
    assert not store.exists(ref)
    for look in (store.open, store.local_path):
        with pytest.raises(NotFound, match=ref.sha256):
            look(ref)
    assert backend.names() == []


def test_a_presigned_link_gives_the_bytes_to_whoever_has_it(backend: Backend) -> None:
    store = backend.store()
    ref = store.put_bytes(PICTURE, "image/png")
    url = store.presigned_url(ref, expires_s=60)
    if isinstance(backend, LocalBackend):
        assert url is None
        return
    assert url is not None
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == PICTURE
        assert answer.headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("backend", ["s3", "gcs"], indirect=True)
def test_a_link_with_a_wrong_signature_is_refused(backend: Backend) -> None:
    store = backend.store()
    url = store.presigned_url(store.put_bytes(PICTURE, "image/png"), expires_s=60)
    assert url is not None
    start, _, signature = url.rpartition("Signature=")
    forged = signature.translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{start}Signature={forged}")
    assert refusal.value.code == 403


@pytest.mark.parametrize("backend", ["s3", "gcs"], indirect=True)
def test_a_verified_copy_is_fetched_only_once(backend: Backend) -> None:
    ref = backend.store().put_bytes(PICTURE, "image/png")
    store = backend.store()
    first = store.local_path(ref)
    backend.overwrite(ref, b"the server's copy is broken now")
    assert store.local_path(ref) == first
    first.chmod(0o644)
    first.write_bytes(b"and now the local copy is too")
    with pytest.raises(DefectiveMedia):
        store.local_path(ref)


def test_a_damaged_local_copy_is_fetched_again(s3_url: str, tmp_path: Path) -> None:
    backend = S3Backend(connect(s3_url), tmp_path)
    store = backend.store()
    ref = store.put_bytes(PICTURE, "image/png")
    copy = store.local_path(ref)
    copy.chmod(0o644)
    copy.write_bytes(b"broken")
    assert store.local_path(ref).read_bytes() == PICTURE


def test_wrong_s3_credentials_are_named_with_a_remedy(s3_url: str, tmp_path: Path) -> None:
    cache = LocalMediaStore(tmp_path)
    store = S3MediaStore(connect(s3_url, secret_key="wrong"), BUCKET, "x", cache)
    with pytest.raises(StorageUnavailable, match="s3://media-tests/x") as failure:
        store.put_bytes(PICTURE, "image/png")
    assert "credentials" in failure.value.remedy


def test_a_missing_s3_bucket_is_named_with_a_remedy(s3_url: str, tmp_path: Path) -> None:
    store = S3MediaStore(connect(s3_url), "no-such-bucket", "", LocalMediaStore(tmp_path))
    with pytest.raises(StorageUnavailable, match="no-such-bucket") as failure:
        store.open(MediaRef(sha256="0" * 64, size_bytes=1, mime="image/png"))
    assert "bucket" in failure.value.remedy


def test_an_unreachable_s3_server_is_named_with_a_remedy(tmp_path: Path) -> None:
    store = S3MediaStore(connect("http://127.0.0.1:9"), BUCKET, "", LocalMediaStore(tmp_path))
    with pytest.raises(StorageUnavailable, match=r"127\.0\.0\.1:9") as failure:
        store.put_bytes(PICTURE, "image/png")
    assert "CONTENT_S3_ENDPOINT_URL" in failure.value.remedy


def test_wrong_gcs_credentials_are_named_with_a_remedy(gcs: GcsServer, tmp_path: Path) -> None:
    with GcsServer() as stranger:
        account = stranger.service_account | {"token_uri": f"{gcs.url}/token"}
        store = GcsMediaStore(gcs_client(gcs, account), BUCKET, "", LocalMediaStore(tmp_path))
        with pytest.raises(StorageUnavailable, match="gs://media-tests") as failure:
            store.put_bytes(PICTURE, "image/png")
    assert "GOOGLE_APPLICATION_CREDENTIALS" in failure.value.remedy


def test_a_missing_gcs_bucket_is_named_with_a_remedy(gcs: GcsServer, tmp_path: Path) -> None:
    store = GcsMediaStore(gcs_client(gcs), "no-such-bucket", "", LocalMediaStore(tmp_path))
    with pytest.raises(StorageUnavailable, match="no-such-bucket") as failure:
        store.put_bytes(PICTURE, "image/png")
    assert "bucket" in failure.value.remedy
    ref = MediaRef(sha256="0" * 64, size_bytes=1, mime="image/png")
    with pytest.raises(StorageUnavailable, match="no-such-bucket"):
        store.open(ref)


def test_a_large_file_never_fills_the_memory(tmp_path: Path) -> None:
    file = tmp_path / "film.mp4"
    with file.open("wb") as out:
        out.truncate(64_000_000)
    store = LocalMediaStore(tmp_path / "media")
    tracemalloc.start()
    try:
        ref = store.put_file(file, "video/mp4")
        with store.open(ref) as stream:
            while stream.read(1 << 20):
                pass
        LocalMediaStore(tmp_path / "media").local_path(ref)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=5_000), size=st.integers(min_value=1, max_value=700))
def test_any_bytes_read_in_any_steps_are_the_same(
    media: MediaStore, data: bytes, size: int
) -> None:
    ref = media.put_bytes(data, "application/json")
    out = io.BytesIO()
    with media.open(ref) as stream:
        while chunk := stream.read(size):
            out.write(chunk)
    assert out.getvalue() == data


def test_a_file_changed_behind_the_stores_back_is_noticed(media: LocalMediaStore) -> None:
    ref = media.put_bytes(PICTURE, "image/png")
    path = media.local_path(ref)
    path.chmod(0o644)
    path.write_bytes(PICTURE.replace(b"bytes", b"BYTES"))
    with pytest.raises(DefectiveMedia, match=ref.sha256):
        media.local_path(ref)


_FULL_DISK = """
import sys
from pathlib import Path
from content_platform.errors import StorageUnavailable
from content_platform.storage.adapters.local import LocalMediaStore

disk = Path(sys.argv[1])
store = LocalMediaStore(disk / "media")
kept = store.put_bytes(b"small", "text/plain")
try:
    store.put_bytes(bytes(4_000_000), "video/mp4")
except StorageUnavailable as error:
    print(error)
assert store.local_path(kept).read_bytes() == b"small"
print(sum(path.is_file() for path in disk.rglob("*")), "file")
"""


def test_a_full_disk_is_an_error_that_leaves_nothing_behind(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    mount = f"mount -t tmpfs -o size=1m none {disk}"
    if subprocess.run([*mounted, mount], check=False, capture_output=True).returncode:
        pytest.skip("this kernel lets no user mount a small disk")
    script = tmp_path / "fill.py"
    script.write_text(_FULL_DISK)
    ran = subprocess.run(
        [*mounted, f"{mount} && {sys.executable} {script} {disk}"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "No space left on device. Free some space" in ran.stdout
    assert ran.stdout.endswith("1 file\n")


_KILLED = """
import os, signal, sys
from pathlib import Path
from content_platform.storage.adapters.local import LocalMediaStore

class Source:
    left = 5
    def read(self, size):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return bytes(size)

LocalMediaStore(Path(sys.argv[1])).put_stream(Source(), "video/mp4")
"""


def test_a_process_killed_while_writing_leaves_nothing_once_the_next_one_writes(
    tmp_path: Path,
) -> None:
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False, timeout=60)
    assert killed.returncode == -9
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(".incoming" in path.parts for path in left)
    alive = LocalMediaStore(tmp_path)
    other = LocalMediaStore(tmp_path)
    refs = [alive.put_bytes(b"one", "text/plain"), other.put_bytes(b"two", "text/plain")]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(files) == sorted(
        store.local_path(ref) for store, ref in zip((alive, other), refs, strict=True)
    )


def test_the_url_chooses_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")

    def store(url: str | None) -> MediaStore:
        return open_media_store(Settings(data_dir=tmp_path, media_url=url))

    default = store(None)
    assert isinstance(default, LocalMediaStore)
    assert default.root == tmp_path / "media"
    elsewhere = store("file:///srv/my%20media")
    assert isinstance(elsewhere, LocalMediaStore)
    assert elsewhere.root == Path("/srv/my media")
    s3, gcs = store("s3://shelf/films/2026"), store("gs://shelf")
    assert isinstance(s3, S3MediaStore)
    assert s3.where == "s3://shelf/films/2026"
    assert isinstance(gcs, GcsMediaStore)
    assert gcs.where == "gs://shelf"


@pytest.mark.parametrize("url", ["ftp://shelf/films", "s3://", "/srv/media", "file://host/srv"])
def test_a_url_that_names_no_store_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="CONTENT_MEDIA_URL"):
        open_media_store(Settings(data_dir=tmp_path, media_url=url))


def test_a_folder_that_cannot_be_written_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where the folder should be")
    with pytest.raises(StorageUnavailable, match=str(tmp_path / "media")) as failure:
        LocalMediaStore(tmp_path / "media").put_bytes(PICTURE, "image/png")
    assert failure.value.remedy
