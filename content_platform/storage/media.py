"""The media store: durable bytes, named by their sha256, never changed once written.

What a store is, how bytes are checked on the way out, and which adapter a URL names. Records
about media belong in the database; temporary files belong in ``scratch``.

Names are ``<first two hex digits>/<sha256><suffix>`` below the store's root (decision 0001).
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

from content_platform.errors import BadInput, DefectiveMedia
from content_platform.storage.models import MediaRef

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from content_platform.settings import Settings

CHUNK_BYTES = 1 << 20
"""How much of a file is in memory at once."""


class MediaStore(Protocol):
    """Where media live. Every method may raise StorageUnavailable. Safe to share between threads."""

    def put_file(self, path: Path, mime: str) -> MediaRef:
        """Keep a copy of a file. Storing the same bytes again changes nothing, or repairs them."""
        ...

    def put_bytes(self, data: bytes, mime: str) -> MediaRef:
        """Keep a few bytes; for files use ``put_file``, which streams."""
        ...

    def open(self, ref: MediaRef) -> BinaryIO:
        """A forward-only stream. Reading to the end raises DefectiveMedia when the bytes are not
        those of ``ref``; NotFound when they are not there at all."""
        ...

    def local_path(self, ref: MediaRef) -> Path:
        """A verified file on this machine: read it, do not change it. Raises like ``open``."""
        ...

    def exists(self, ref: MediaRef) -> bool:
        """Whether the store has the media in full length. Cheap: no byte is read."""
        ...

    def delete(self, ref: MediaRef) -> None:
        """Forget the media; no error when they are gone already."""
        ...

    def presigned_url(self, ref: MediaRef, expires_s: int) -> str | None:
        """A link anyone may fetch for ``expires_s`` seconds; None where the store has no server."""
        ...


def open_media_store(settings: Settings) -> MediaStore:
    """The store that ``CONTENT_MEDIA_URL`` names; BadInput when it names none."""
    from content_platform.storage.adapters.local import LocalMediaStore

    url = urlsplit(settings.media_url or "")
    cache_dir = settings.data_dir / "media-cache"
    match url.scheme:
        case "" if not settings.media_url:
            return LocalMediaStore(settings.data_dir / "media")
        case "file" if url.path and url.netloc in ("", "localhost"):
            return LocalMediaStore(Path(url2pathname(url.path)))
        case "s3" if url.netloc:
            from content_platform.storage.adapters.s3 import S3MediaStore, connect_s3

            return S3MediaStore(
                connect_s3(settings.s3_endpoint_url),
                url.netloc,
                url.path.strip("/"),
                LocalMediaStore(cache_dir),
            )
        case "gs" if url.netloc:
            from content_platform.storage.adapters.gcs import GcsMediaStore, connect_gcs

            return GcsMediaStore(
                connect_gcs(), url.netloc, url.path.strip("/"), LocalMediaStore(cache_dir)
            )
    raise BadInput(
        f"CONTENT_MEDIA_URL is {settings.media_url!r}, which names no media store.",
        remedy="Use s3://bucket/prefix, gs://bucket/prefix or file:///absolute/folder, "
        "or leave it unset for a folder next to the database.",
    )


def object_name(ref: MediaRef) -> str:
    """Where the media lie below a store's root."""
    return f"{ref.sha256[:2]}/{ref.sha256}{ref.suffix}"


def defective(ref: MediaRef, where: str) -> DefectiveMedia:
    """The error for bytes that are not the ones their name promises."""
    return DefectiveMedia(
        f"Media {ref.sha256} ({ref.mime}) in {where} has other bytes than its name says.",
        remedy="Restore it from a backup, or run the step that made it again: "
        "storing the right bytes repairs it.",
    )


class VerifiedReader(io.RawIOBase):
    """Passes bytes through and compares them with ``ref`` when the end is reached.

    ``translate`` turns a vendor's errors during reading into ours.
    """

    def __init__(
        self,
        source: BinaryIO,
        ref: MediaRef,
        where: str,
        translate: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._source = source
        self._ref = ref
        self._where = where
        self._translate = translate
        self._digest = hashlib.sha256()
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        with self._translate():
            chunk = self._source.read(len(view))
        self._digest.update(chunk)
        self._size += len(chunk)
        ended = not chunk and len(view) > 0
        if self._size > self._ref.size_bytes or (
            ended and self._digest.hexdigest() != self._ref.sha256
        ):
            raise defective(self._ref, self._where)
        view[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()


def verified(
    source: BinaryIO,
    ref: MediaRef,
    where: str,
    translate: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> BinaryIO:
    """``source`` as a buffered stream that checks itself against ``ref``."""
    return io.BufferedReader(VerifiedReader(source, ref, where, translate), CHUNK_BYTES)
