"""What S3 and GCS have in common: names below a prefix, and a verified copy on this machine.

A file goes into the local cache first, which hashes it, and from there to the server; a read
that needs a path comes out of the cache. The vendor's calls are in ``s3`` and ``gcs``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from content_platform.errors import DefectiveMedia, NotFound
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.media import object_name, verified
from content_platform.storage.models import MediaRef


class RemoteMediaStore(ABC):
    """A bucket behind a verified cache folder. The cache may be emptied at any time."""

    def __init__(self, where: str, prefix: str, cache: LocalMediaStore) -> None:
        self.where = where
        self._prefix = prefix
        self._cache = cache

    def put_file(self, path: Path, mime: str) -> MediaRef:
        return self._upload_from_cache(self._cache.put_file(path, mime))

    def put_bytes(self, data: bytes, mime: str) -> MediaRef:
        return self._upload_from_cache(self._cache.put_bytes(data, mime))

    def open(self, ref: MediaRef) -> BinaryIO:
        with self._vendor_errors():
            source = self._download(self._name(ref))
        if source is None:
            raise self._not_found(ref)
        return verified(source, ref, self.where, self._vendor_errors)

    def local_path(self, ref: MediaRef) -> Path:
        try:
            return self._cache.local_path(ref)
        except (NotFound, DefectiveMedia):
            with self.open(ref) as source:
                self._cache.put_stream(source, ref.mime)
            return self._cache.local_path(ref)

    def exists(self, ref: MediaRef) -> bool:
        with self._vendor_errors():
            found = self._stat(self._name(ref))
        return found is not None and found[0] == ref.size_bytes

    def delete(self, ref: MediaRef) -> None:
        with self._vendor_errors():
            self._remove(self._name(ref))
        self._cache.delete(ref)

    def presigned_url(self, ref: MediaRef, expires_s: int) -> str | None:
        with self._vendor_errors():
            return self._sign(self._name(ref), expires_s)

    def _upload_from_cache(self, ref: MediaRef) -> MediaRef:
        path = self._cache.local_path(ref)
        with self._vendor_errors():
            found = self._stat(self._name(ref))
            if found != (ref.size_bytes, ref.sha256):
                # Present but not as we write it: damaged or replaced, so it is written over.
                self._upload(self._name(ref), path, ref, overwrite=found is not None)
        return ref

    def _name(self, ref: MediaRef) -> str:
        return f"{self._prefix}/{object_name(ref)}" if self._prefix else object_name(ref)

    def _not_found(self, ref: MediaRef) -> NotFound:
        return NotFound(
            f"Media {ref.sha256} ({ref.mime}) is not in {self.where}.",
            remedy="Run the step that made it again, or restore the bucket from a backup.",
        )

    @abstractmethod
    def _stat(self, name: str) -> tuple[int, str] | None:
        """Size in bytes and the sha256 noted when the object was written (empty: none); or None."""

    @abstractmethod
    def _upload(self, name: str, path: Path, ref: MediaRef, *, overwrite: bool) -> None:
        """Write an object whole or not at all; without ``overwrite`` one that is there wins."""

    @abstractmethod
    def _download(self, name: str) -> BinaryIO | None:
        """The object's bytes as a stream, or None when it is not there."""

    @abstractmethod
    def _remove(self, name: str) -> None:
        """Delete; no error when it is gone already."""

    @abstractmethod
    def _sign(self, name: str, expires_s: int) -> str:
        """A link to fetch the object without credentials."""

    @property
    @abstractmethod
    def _vendor_errors(self) -> Callable[[], AbstractContextManager[None]]:
        """Turns the vendor's errors into StorageUnavailable with a remedy."""
