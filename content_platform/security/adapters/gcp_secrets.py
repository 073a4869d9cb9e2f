"""Secrets in Google Cloud Secret Manager, through its client library and the usual credential chain."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from content_platform.security.secrets import SecretsUnavailable

if TYPE_CHECKING:
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient

_TIMEOUT_S = 10.0


class GcpSecrets:
    """``projects/<project>/secrets/<NAME>``: its two newest enabled versions.

    An account that may not list versions gives the newest one only.
    """

    def __init__(self, project: str, client: SecretManagerServiceClient | None = None) -> None:
        self._project = project
        self._given = client
        self.name = f"gcp:{project}"

    def read(self, name: str) -> Sequence[str]:
        from google.api_core.exceptions import Forbidden, GoogleAPICallError, NotFound, RetryError
        from google.auth.exceptions import GoogleAuthError

        secret = f"projects/{self._project}/secrets/{name}"
        try:
            try:
                listed = self._client.list_secret_versions(
                    request={"parent": secret, "filter": "state:ENABLED"}, timeout=_TIMEOUT_S
                )
                newest = [version.name for version in islice(listed, 2)]
            except NotFound:
                return []
            except Forbidden:
                newest = [f"{secret}/versions/latest"]
            return [value for value in map(self._access, newest) if value is not None]
        except (GoogleAPICallError, RetryError, GoogleAuthError, OSError) as error:
            raise SecretsUnavailable(
                f"Google Secret Manager does not give {secret}: {error}",
                remedy="The account needs the roles Secret Manager Secret Accessor and Viewer.",
            ) from None

    @cached_property
    def _client(self) -> SecretManagerServiceClient:
        if self._given is not None:
            return self._given
        try:
            from google.auth.exceptions import GoogleAuthError
            from google.cloud.secretmanager_v1 import SecretManagerServiceClient
        except ImportError as error:
            raise SecretsUnavailable(
                f"CONTENT_SECRETS names {self.name}, but google-cloud-secret-manager is not installed.",
                remedy="Install it with: pip install 'content-platform[gcs]'",
            ) from error
        try:
            return SecretManagerServiceClient(transport="rest")
        except (GoogleAuthError, OSError) as error:
            raise SecretsUnavailable(
                f"Google Secret Manager cannot be used: {error}",
                remedy="Set GOOGLE_APPLICATION_CREDENTIALS to a service account's key file.",
            ) from None

    def _access(self, version: str) -> str | None:
        """One version's value; None when it is there no more, or was disabled just now."""
        import google_crc32c
        from google.api_core.exceptions import BadRequest, NotFound

        try:
            answer = self._client.access_secret_version(
                request={"name": version}, timeout=_TIMEOUT_S
            )
        except (NotFound, BadRequest):
            return None
        payload = answer.payload
        if payload.data_crc32c and payload.data_crc32c != google_crc32c.value(payload.data):
            raise SecretsUnavailable(
                f"{version} arrived damaged: its checksum differs.", remedy="Ask again."
            )
        return bytes(payload.data).decode()
