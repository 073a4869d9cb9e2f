"""Google Cloud Secret Manager as its REST reference documents it, for one service account.

Covers what reading secrets needs: self-signed tokens, listing versions with a state filter and pages,
and access by number or ``latest``. Strict: unknown query fields, wrong resource
names and disabled versions are refused with the error body of the real service.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import urllib.parse
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import google_crc32c
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt

AUDIENCE = "https://secretmanager.googleapis.com/"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
PAGE = 2
"""Small on purpose: who lists must turn pages."""
_LIST = re.compile(r"/v1/(projects/[a-z][a-z0-9-]{4,28}[a-z0-9]/secrets/[\w-]{1,255})/versions")
_ACCESS = re.compile(_LIST.pattern + r"/(\d+|latest):access")
_SYSTEM_FIELDS = {"$alt", "alt", "prettyPrint", "$prettyPrint", "quotaUser", "key"}


@dataclass
class Version:
    """One version of a secret."""

    data: bytes
    state: str
    created: datetime
    checksum: int


class Refused(Exception):
    """An error answer."""

    def __init__(self, code: int, status: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class GcpSecretsServer:
    """Serves on a free port of this machine while used as a context manager."""

    def __init__(self, project: str) -> None:
        self.project = project
        self.secrets: dict[str, list[Version]] = {}
        self.may_list = True
        self.may_access = True
        self.down = False
        self.calls: list[str] = []
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True

    def __enter__(self) -> GcpSecretsServer:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def service_account(self) -> dict[str, str]:
        """The content of the key file a person would download."""
        pem = self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return {
            "type": "service_account",
            "project_id": self.project,
            "private_key_id": "key-1",
            "private_key": pem.decode(),
            "client_email": f"reader@{self.project}.iam.gserviceaccount.com",
            "token_uri": f"{self.url}/token",
        }

    def add_version(self, name: str, value: str) -> None:
        """What ``addVersion`` does: the new version is enabled, the others stay as they are."""
        data = value.encode()
        versions = self.secrets.setdefault(f"projects/{self.project}/secrets/{name}", [])
        versions.append(Version(data, "ENABLED", datetime.now(UTC), google_crc32c.value(data)))

    def version(self, name: str, number: int) -> Version:
        return self.secrets[f"projects/{self.project}/secrets/{name}"][number - 1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:
                return

            def do_GET(self) -> None:
                code, answer = outer._answer(self.path, self.headers.get("Authorization", ""))
                data = json.dumps(answer).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json; charset=UTF-8")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        return Handler

    def _answer(self, target: str, authorization: str) -> tuple[int, dict[str, Any]]:
        url = urllib.parse.urlsplit(target)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        try:
            self.calls.append(urllib.parse.unquote(url.path))
            if self.down:
                raise Refused(503, "UNAVAILABLE", "The service is currently unavailable.")
            self._authorise(authorization)
            if match := _LIST.fullmatch(url.path):
                return 200, self._listed(match[1], query)
            if match := _ACCESS.fullmatch(url.path):
                return 200, self._accessed(match[1], match[2], query)
            raise Refused(404, "NOT_FOUND", f"Not found: {url.path}")
        except Refused as refused:
            error = {"code": refused.code, "message": str(refused), "status": refused.status}
            return refused.code, {"error": error}

    def _authorise(self, authorization: str) -> None:
        """A token the service account signed itself: for this service, or for the whole platform."""
        public = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        try:
            claims = jwt.decode(authorization.removeprefix("Bearer "), certs=public)
            account = self.service_account["client_email"]
            if claims["iss"] != account or claims["sub"] != account:
                raise ValueError("another account")
            if claims.get("aud") != AUDIENCE and SCOPE not in claims.get("scope", "").split():
                raise ValueError("another audience")
        except Exception as error:
            raise Refused(
                401, "UNAUTHENTICATED", "Request had invalid authentication credentials."
            ) from error

    def _found(self, secret: str) -> list[Version]:
        if not secret.startswith(f"projects/{self.project}/") or secret not in self.secrets:
            raise Refused(404, "NOT_FOUND", f"Secret [{secret}] not found or has no versions.")
        return self.secrets[secret]

    def _listed(self, secret: str, query: dict[str, str]) -> dict[str, Any]:
        _only(query, {"filter", "pageSize", "pageToken"})
        if not self.may_list:
            raise _denied("secretmanager.versions.list", secret)
        wanted = query.get("filter", "")
        if wanted and not re.fullmatch(r"state:(ENABLED|DISABLED|DESTROYED)", wanted):
            raise Refused(400, "INVALID_ARGUMENT", f"Invalid filter: {wanted}")
        rows = [
            {
                "name": f"{secret}/versions/{number}",
                "createTime": version.created.isoformat().replace("+00:00", "Z"),
                "state": version.state,
            }
            for number, version in enumerate(self._found(secret), 1)
            if not wanted or version.state == wanted.removeprefix("state:")
        ][::-1]  # the newest first
        start = int(query.get("pageToken") or 0)
        answer: dict[str, Any] = {"versions": rows[start : start + PAGE], "totalSize": len(rows)}
        if start + PAGE < len(rows):
            answer["nextPageToken"] = str(start + PAGE)
        return answer

    def _accessed(self, secret: str, number: str, query: dict[str, str]) -> dict[str, Any]:
        _only(query, set())
        if not self.may_access:
            raise _denied("secretmanager.versions.access", secret)
        versions = self._found(secret)
        position = len(versions) if number == "latest" else int(number)
        name = f"{secret}/versions/{position}"
        if not 1 <= position <= len(versions):
            raise Refused(404, "NOT_FOUND", f"Secret Version [{name}] not found.")
        version = versions[position - 1]
        if version.state != "ENABLED":
            raise Refused(
                400,
                "FAILED_PRECONDITION",
                f"Secret Version [{name}] is in {version.state} state.",
            )
        payload = {
            "data": base64.b64encode(version.data).decode(),
            "dataCrc32c": str(version.checksum),
        }
        return {"name": name, "payload": payload}


def _only(query: dict[str, str], allowed: set[str]) -> None:
    unknown = set(query) - allowed - _SYSTEM_FIELDS
    if unknown:
        raise Refused(
            400, "INVALID_ARGUMENT", f'Invalid JSON payload received. Unknown name "{min(unknown)}"'
        )


def _denied(permission: str, secret: str) -> Refused:
    return Refused(
        403, "PERMISSION_DENIED", f"Permission '{permission}' denied for resource '{secret}'."
    )
