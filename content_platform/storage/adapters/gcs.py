"""Media in a Google Cloud Storage bucket, through google-cloud-storage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from content_platform.errors import StorageUnavailable
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.adapters.remote import RemoteMediaStore
from content_platform.storage.media import CHUNK_BYTES
from content_platform.storage.models import MediaRef

if TYPE_CHECKING:
    from google.cloud.storage import Blob, Client

_TIMEOUT_S = 60.0
_UPLOAD_CHUNK_BYTES = 8 * CHUNK_BYTES  # GCS wants multiples of 256 KiB


def connect_gcs() -> Client:
    """A client with Google's usual credential chain; ``STORAGE_EMULATOR_HOST`` for other servers."""
    try:
        from google.auth.exceptions import GoogleAuthError
        from google.cloud.storage import Client
    except ImportError as error:
        raise StorageUnavailable(
            "CONTENT_MEDIA_URL names a gs:// bucket, but google-cloud-storage is not installed.",
            remedy="Install it with: pip install 'content-platform[gcs]'",
        ) from error
    try:
        return Client()
    except (GoogleAuthError, OSError) as error:
        raise StorageUnavailable(
            f"Cannot use Google Cloud Storage: {error}",
            remedy="Set GOOGLE_APPLICATION_CREDENTIALS to a service account's key file and "
            "GOOGLE_CLOUD_PROJECT to its project.",
        ) from error


class GcsMediaStore(RemoteMediaStore):
    """Writes are resumable, checked by CRC32C, and conditional on ``ifGenerationMatch=0``, so that
    one that is there wins."""

    def __init__(self, client: Client, bucket: str, prefix: str, cache: LocalMediaStore) -> None:
        super().__init__(f"gs://{bucket}/{prefix}".rstrip("/"), prefix, cache)
        self._bucket = client.bucket(bucket)

    def _stat(self, name: str) -> tuple[int, str] | None:
        blob = self._bucket.get_blob(name, timeout=_TIMEOUT_S)
        if blob is None:
            return None
        return blob.size, (blob.metadata or {}).get("sha256", "")

    def _upload(self, name: str, path: Path, ref: MediaRef, *, overwrite: bool) -> None:
        from google.api_core.exceptions import PreconditionFailed

        blob = self._bucket.blob(name, chunk_size=_UPLOAD_CHUNK_BYTES)
        blob.metadata = {"sha256": ref.sha256}
        try:
            blob.upload_from_filename(
                str(path),
                content_type=ref.mime,
                checksum="crc32c",
                timeout=_TIMEOUT_S,
                if_generation_match=None if overwrite else 0,
            )
        except PreconditionFailed:
            return  # another writer was first, with the same bytes

    def _download(self, name: str) -> BinaryIO | None:
        from google.api_core.exceptions import NotFound

        blob: Blob = self._bucket.blob(name)
        try:
            blob.reload(timeout=_TIMEOUT_S)  # fixes the generation that is read
        except NotFound:
            if not self._bucket.exists(timeout=_TIMEOUT_S):
                raise
            return None
        reader: BinaryIO = blob.open("rb", chunk_size=CHUNK_BYTES, timeout=_TIMEOUT_S)
        return reader

    def _remove(self, name: str) -> None:
        from google.api_core.exceptions import NotFound

        try:
            self._bucket.delete_blob(name, timeout=_TIMEOUT_S)
        except NotFound:
            return

    def _sign(self, name: str, expires_s: int) -> str:
        url: str = self._bucket.blob(name).generate_signed_url(
            version="v4", expiration=timedelta(seconds=expires_s), method="GET"
        )
        return url

    @property
    def _vendor_errors(self) -> Callable[[], AbstractContextManager[None]]:
        return self._translate

    @contextmanager
    def _translate(self) -> Iterator[None]:
        from google.api_core.exceptions import Forbidden, GoogleAPIError, NotFound, Unauthorized
        from google.auth.exceptions import GoogleAuthError, TransportError
        from requests.exceptions import RequestException

        try:
            yield
        except (RequestException, TransportError) as error:
            raise self._unavailable(error, "Check the network, then run again.") from error
        except (Unauthorized, Forbidden, GoogleAuthError) as error:
            raise self._unavailable(
                error,
                "Check GOOGLE_APPLICATION_CREDENTIALS and that it may read and write this bucket.",
            ) from error
        except NotFound as error:
            raise self._unavailable(
                error, "Create the bucket, or correct CONTENT_MEDIA_URL."
            ) from error
        except GoogleAPIError as error:
            raise self._unavailable(error, "Look at the server's state, then run again.") from error
        except AttributeError as error:
            # The library's way to say that these credentials hold no key to sign a link with.
            if "sign" not in str(error) and "private key" not in str(error):
                raise
            raise self._unavailable(
                error, "Use a service account's key file: links are signed with its key."
            ) from error

    def _unavailable(self, error: Exception, remedy: str) -> StorageUnavailable:
        return StorageUnavailable(
            f"Cannot use the media store {self.where}: {error}", remedy=remedy
        )
