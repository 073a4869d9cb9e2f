"""Media in an S3 bucket, or in any server that speaks S3, through boto3."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.exceptions import ConnectionError as BotoConnectionError

from content_platform.errors import StorageUnavailable
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.adapters.remote import RemoteMediaStore
from content_platform.storage.models import MediaRef

_WRITE_TRIES = 5
_ABSENT = {"404", "NoSuchKey", "NotFound"}


def connect_s3(endpoint_url: str | None) -> Any:  # boto3 clients have no static type
    """A client with the usual AWS credential chain; ``endpoint_url`` for servers other than AWS."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint_url,
        config=Config(
            signature_version="s3v4",
            # Other servers rarely have a DNS name per bucket.
            s3={"addressing_style": "path" if endpoint_url else "auto"},
            connect_timeout=10,
            read_timeout=60,
            retries={"mode": "standard", "max_attempts": 4},
        ),
    )


class S3MediaStore(RemoteMediaStore):
    """Writes carry their sha256, which S3 checks, and ``If-None-Match: *``, so that one that is
    there wins. A single PUT takes up to 5 GiB."""

    def __init__(self, client: Any, bucket: str, prefix: str, cache: LocalMediaStore) -> None:
        super().__init__(f"s3://{bucket}/{prefix}".rstrip("/"), prefix, cache)
        self._client = client
        self._bucket = bucket

    def _stat(self, name: str) -> tuple[int, str] | None:
        try:
            head = self._client.head_object(Bucket=self._bucket, Key=name)
        except ClientError as error:
            if _code(error) in _ABSENT:
                return None
            raise
        return head["ContentLength"], head["Metadata"].get("sha256", "")

    def _upload(self, name: str, path: Path, ref: MediaRef, *, overwrite: bool) -> None:
        condition = {} if overwrite else {"IfNoneMatch": "*"}
        for left in reversed(range(_WRITE_TRIES)):
            try:
                with path.open("rb") as body:
                    self._client.put_object(
                        Bucket=self._bucket,
                        Key=name,
                        Body=body,
                        ContentType=ref.mime,
                        ContentLength=ref.size_bytes,
                        ChecksumSHA256=base64.b64encode(bytes.fromhex(ref.sha256)).decode(),
                        Metadata={"sha256": ref.sha256},
                        **condition,
                    )
            except ClientError as error:
                if _code(error) == "PreconditionFailed":
                    return  # another writer was first, with the same bytes
                # 409: two conditional writes met; S3 asks to try again.
                if _code(error) != "ConditionalRequestConflict" or not left:
                    raise
            else:
                return

    def _download(self, name: str) -> BinaryIO | None:
        try:
            body: BinaryIO = self._client.get_object(Bucket=self._bucket, Key=name)["Body"]
        except ClientError as error:
            if _code(error) in _ABSENT:
                return None
            raise
        return body

    def _remove(self, name: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=name)

    def _sign(self, name: str, expires_s: int) -> str:
        url: str = self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": name}, ExpiresIn=expires_s
        )
        return url

    @property
    def _vendor_errors(self) -> Callable[[], AbstractContextManager[None]]:
        return self._translate

    @contextmanager
    def _translate(self) -> Iterator[None]:
        try:
            yield
        except (NoCredentialsError, PartialCredentialsError) as error:
            raise self._unavailable(
                error,
                "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role.",
            ) from error
        except (BotoConnectionError, HTTPClientError) as error:
            raise self._unavailable(
                error, "Check the network and CONTENT_S3_ENDPOINT_URL, then run again."
            ) from error
        except ClientError as error:
            raise self._unavailable(error, _remedy(_code(error))) from error
        except BotoCoreError as error:
            raise self._unavailable(error, "Check the AWS settings, then run again.") from error

    def _unavailable(self, error: Exception, remedy: str) -> StorageUnavailable:
        return StorageUnavailable(
            f"Cannot use the media store {self.where}: {error}", remedy=remedy
        )


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _remedy(code: str) -> str:
    if code in ("403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"):
        return "Check the AWS credentials and that they may read and write this bucket."
    if code == "NoSuchBucket":
        return "Create the bucket, or correct CONTENT_MEDIA_URL."
    if code in ("ExpiredToken", "RequestTimeTooSkewed"):
        return "Renew the AWS credentials and check this machine's clock."
    return "Look at the server's state, then run again."
