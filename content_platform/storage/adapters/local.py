"""Media in a folder. Also the verified cache in front of remote stores."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from content_platform.errors import NotFound, StorageUnavailable
from content_platform.storage.media import CHUNK_BYTES, defective, object_name, verified
from content_platform.storage.models import MediaRef
from content_platform.storage.scratch import OwnedFolder

_REMEDIES = {
    errno.ENOSPC: "Free some space on its disk, then run again.",
    errno.EDQUOT: "Raise the disk quota or free some space, then run again.",
    errno.EROFS: "Mount it writable, or point CONTENT_MEDIA_URL elsewhere.",
    errno.EACCES: "Give this user write access, or point CONTENT_MEDIA_URL elsewhere.",
    errno.EPERM: "Give this user write access, or point CONTENT_MEDIA_URL elsewhere.",
}


class LocalMediaStore:
    """Files appear under their final name complete and synced, or not at all, and read-only."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._incoming: OwnedFolder | None = None
        # Path to (inode, size, mtime) of files this process has hashed and found right.
        self._known_good: dict[Path, tuple[int, int, int]] = {}

    def put_file(self, path: Path, mime: str) -> MediaRef:
        with path.open("rb") as source:
            return self.put_stream(source, mime)

    def put_bytes(self, data: bytes, mime: str) -> MediaRef:
        return self.put_stream(io.BytesIO(data), mime)

    def put_stream(self, source: BinaryIO, mime: str) -> MediaRef:
        """Keep what ``source`` gives, in one pass: read, hashed and written together."""
        with self._disk_errors("write to"):
            temporary = self._incoming_folder() / uuid.uuid4().hex
            try:
                return self._write(source, mime, temporary)
            finally:
                temporary.unlink(missing_ok=True)

    def _write(self, source: BinaryIO, mime: str, temporary: Path) -> MediaRef:
        digest = hashlib.sha256()
        size = 0
        with temporary.open("xb") as out:
            while chunk := source.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
            ref = MediaRef(sha256=digest.hexdigest(), size_bytes=size, mime=mime)
            target = self._path(ref)
            if self._is_intact(ref):
                return ref
            out.flush()
            os.fchmod(out.fileno(), 0o444)
            os.fsync(out.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(target)
        _sync_folder(target.parent)
        self._known_good[target] = _fingerprint(target)
        return ref

    def open(self, ref: MediaRef) -> BinaryIO:
        with self._disk_errors("read"):
            try:
                # Unbuffered: the verifying reader in front has the buffer.
                source = self._path(ref).open("rb", buffering=0)
            except FileNotFoundError:
                raise self._not_found(ref) from None
        return verified(source, ref, str(self.root))

    def local_path(self, ref: MediaRef) -> Path:
        with self._disk_errors("read"):
            if not self._path(ref).exists():
                raise self._not_found(ref)
            if not self._is_intact(ref):
                raise defective(ref, str(self.root))
        return self._path(ref)

    def exists(self, ref: MediaRef) -> bool:
        with self._disk_errors("read"):
            try:
                return self._path(ref).stat().st_size == ref.size_bytes
            except FileNotFoundError:
                return False

    def delete(self, ref: MediaRef) -> None:
        with self._disk_errors("write to"):
            self._path(ref).unlink(missing_ok=True)

    def presigned_url(self, ref: MediaRef, expires_s: int) -> None:
        return None

    def _path(self, ref: MediaRef) -> Path:
        return self.root / object_name(ref)

    def _is_intact(self, ref: MediaRef) -> bool:
        """Hashes a file once per process, and again when it has changed on disk."""
        path = self._path(ref)
        try:
            found = _fingerprint(path)
            if found[1] != ref.size_bytes:
                return False
            if self._known_good.get(path) != found:
                with path.open("rb") as file:
                    if hashlib.file_digest(file, "sha256").hexdigest() != ref.sha256:
                        return False
                self._known_good[path] = found
        except FileNotFoundError:
            return False
        return True

    def _incoming_folder(self) -> Path:
        with self._lock:
            if self._incoming is None or not self._incoming.path.exists():
                # On the store's own disk, so that moving a file into place is atomic.
                self._incoming = OwnedFolder(self.root / ".incoming")
            return self._incoming.path

    def _not_found(self, ref: MediaRef) -> NotFound:
        return NotFound(
            f"Media {ref.sha256} ({ref.mime}) is not in {self.root}.",
            remedy="Run the step that made it again, or restore the folder from a backup.",
        )

    @contextmanager
    def _disk_errors(self, doing: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StorageUnavailable(
                f"Cannot {doing} the media store in {self.root}: {error.strerror or error}.",
                remedy=_REMEDIES.get(error.errno or 0, "Check the disk, then run again."),
            ) from error


def _fingerprint(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
