import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.models import MediaRef
from content_platform.telemetry.media_server import media_path, serve_media

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, MediaRef]]:
    store = LocalMediaStore(tmp_path)
    ref = store.put_bytes(CONTENT, "video/mp4")
    server = serve_media(store, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", ref
    server.shutdown()
    thread.join()
    server.server_close()


def get(url: str, byte_range: str | None = None) -> tuple[int, bytes, dict[str, str]]:
    request = urllib.request.Request(url, headers={"Range": byte_range} if byte_range else {})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, answer.read(), dict(answer.headers)


def test_a_video_is_served_whole_with_its_type(served: tuple[str, MediaRef]) -> None:
    base, ref = served
    status, body, headers = get(base + media_path(ref))
    assert (status, body, headers["Content-Type"]) == (200, CONTENT, "video/mp4")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=100-199", 100, 200), ("bytes=10000-", 10000, 10240), ("bytes=-40", 10200, 10240)],
)
def test_a_player_can_seek(served: tuple[str, MediaRef], asked: str, start: int, end: int) -> None:
    base, ref = served
    status, body, headers = get(base + media_path(ref), asked)
    assert status == 206
    assert body == CONTENT[start:end]
    assert headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 404), ("/../../etc/passwd", 404), (f"/{'0' * 64}-10.mp4", 404), ("/x.mp4", 404)],
)
def test_nothing_else_is_served(served: tuple[str, MediaRef], path: str, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(served[0] + path)
    assert refused.value.code == status


def test_a_range_past_the_end_is_refused(served: tuple[str, MediaRef]) -> None:
    base, ref = served
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(base + media_path(ref), "bytes=99999-")
    assert refused.value.code == 416
