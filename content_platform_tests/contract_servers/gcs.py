"""Google Cloud Storage as its JSON API documents it, over HTTP, for one service account.

Covers what the media store uses: OAuth tokens for signed assertions, object metadata, simple
multipart and resumable uploads, ranged downloads, generation preconditions, deletes, CRC32C and
MD5 checks, V4 signed links. Strict: unsigned, expired or malformed requests are refused with the
error body of the real service. ``objects`` is the truth behind it, for tests to look at or damage.
"""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import json
import re
import threading
import time
import urllib.parse
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import google_crc32c
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from google.auth import jwt

CHUNK_UNIT = 256 * 1024
AUDIENCE = "https://oauth2.googleapis.com/token"  # whatever the key file's token_uri is
SCOPES = ("devstorage.full_control", "devstorage.read_write", "cloud-platform")


@dataclass
class StoredObject:
    """One live object version."""

    data: bytes
    content_type: str
    metadata: dict[str, str]
    generation: int
    created: datetime

    @property
    def md5(self) -> str:
        return base64.b64encode(hashlib.md5(self.data).digest()).decode()

    @property
    def crc32c(self) -> str:
        return base64.b64encode(google_crc32c.value(self.data).to_bytes(4, "big")).decode()


@dataclass
class Upload:
    """A resumable session."""

    bucket: str
    resource: dict[str, Any]
    precondition: str | None
    data: bytearray = field(default_factory=bytearray)


class Refused(Exception):
    """An error answer."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class GcsServer:
    """Serves on a free port of this machine while used as a context manager."""

    def __init__(self, *buckets: str) -> None:
        self.buckets = set(buckets)
        self.objects: dict[tuple[str, str], StoredObject] = {}
        self.uploads: dict[str, Upload] = {}
        self.tokens: dict[str, datetime] = {}
        self.lock = threading.RLock()
        self._generation = time.time_ns() // 1000
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> GcsServer:
        self._thread.start()
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
            "project_id": "sample-project",
            "private_key_id": "key-1",
            "private_key": pem.decode(),
            "client_email": "media@sample-project.iam.gserviceaccount.com",
            "token_uri": f"{self.url}/token",
        }

    @property
    def public_key(self) -> rsa.RSAPublicKey:
        return self._key.public_key()

    def save(
        self, bucket: str, resource: dict[str, Any], data: bytes, if_generation: str | None
    ) -> StoredObject:
        """Make ``data`` the live version, when preconditions and checksums hold."""
        name = resource.get("name")
        if not name:
            raise Refused(400, "required", "Required")
        with self.lock:
            self.check_generation(self.objects.get((bucket, name)), if_generation)
            self._generation += 1
            stored = StoredObject(
                data=data,
                content_type=resource.get("contentType", "application/octet-stream"),
                metadata=resource.get("metadata", {}),
                generation=self._generation,
                created=datetime.now(UTC),
            )
            for given, actual in (("md5Hash", stored.md5), ("crc32c", stored.crc32c)):
                if resource.get(given) not in (None, actual):
                    raise Refused(
                        400,
                        "invalid",
                        f'Provided {given} "{resource[given]}" doesn\'t match calculated "{actual}".',
                    )
            self.objects[bucket, name] = stored
            return stored

    @staticmethod
    def check_generation(stored: StoredObject | None, wanted: str | None) -> None:
        if wanted is not None and int(wanted) != (stored.generation if stored else 0):
            raise Refused(
                412,
                "conditionNotMet",
                "At least one of the pre-conditions you specified did not hold.",
            )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(_Handler):
            gcs = server

        return Handler


class _Handler(BaseHTTPRequestHandler):
    gcs: GcsServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        return

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        # The body is read even when it is refused, so that the connection stays usable.
        self._body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urllib.parse.urlsplit(self.path)
        self._query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        try:
            self._route(method, url.path)
        except Refused as error:
            detail = {"domain": "global", "reason": error.reason, "message": str(error)}
            body = {"error": {"code": error.status, "message": str(error), "errors": [detail]}}
            self._send_json(body, error.status)

    def _route(self, method: str, path: str) -> None:
        if path == "/token" and method == "POST":
            return self._grant_token()
        if "X-Goog-Signature" in self._query and method == "GET":
            return self._signed_download(path)
        self._check_token()
        if match := re.fullmatch(r"/upload/storage/v1/b/([^/]+)/o", path):
            if self._query.get("uploadType") == "resumable":
                return self._resumable(method, match[1])
            if self._query.get("uploadType") == "multipart" and method == "POST":
                return self._multipart(match[1])
        elif match := re.fullmatch(r"(?:/download)?/storage/v1/b/([^/]+)/o/([^/]+)", path):
            bucket, name = match[1], urllib.parse.unquote(match[2])
            if method == "DELETE":
                return self._delete(bucket, name)
            if method == "GET":
                stored = self._find(bucket, name)
                if self._query.get("alt") == "media":
                    return self._send_media(stored)
                return self._send_json(self._resource(bucket, name, stored))
        elif (match := re.fullmatch(r"/storage/v1/b/([^/]+)", path)) and method == "GET":
            self._check_bucket(match[1])
            return self._send_json({"kind": "storage#bucket", "id": match[1], "name": match[1]})
        raise Refused(404, "notFound", "Not Found")

    def _grant_token(self) -> None:
        form = dict(urllib.parse.parse_qsl(self._body.decode()))
        try:
            claims = jwt.decode(
                form["assertion"],
                certs=_pem(self.gcs.public_key),
                audience=AUDIENCE,
            )
            granted = form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
            if not granted or not any(scope in claims["scope"] for scope in SCOPES):
                raise ValueError("wrong grant")
        except Exception as error:
            return self._send_json(
                {"error": "invalid_grant", "error_description": f"Invalid JWT: {error}"}, 400
            )
        token = uuid.uuid4().hex
        self.gcs.tokens[token] = datetime.now(UTC) + timedelta(hours=1)
        return self._send_json({"access_token": token, "expires_in": 3600, "token_type": "Bearer"})

    def _check_token(self) -> None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        expires = self.gcs.tokens.get(token)
        if expires is None or expires < datetime.now(UTC):
            raise Refused(401, "authError", "Invalid Credentials")

    def _check_bucket(self, bucket: str) -> None:
        if bucket not in self.gcs.buckets:
            raise Refused(404, "notFound", "The specified bucket does not exist.")

    def _find(self, bucket: str, name: str) -> StoredObject:
        self._check_bucket(bucket)
        stored = self.gcs.objects.get((bucket, name))
        if stored is None or self._query.get("generation", str(stored.generation)) != str(
            stored.generation
        ):
            raise Refused(404, "notFound", f"No such object: {bucket}/{name}")
        self.gcs.check_generation(stored, self._query.get("ifGenerationMatch"))
        return stored

    def _delete(self, bucket: str, name: str) -> None:
        with self.gcs.lock:
            self._find(bucket, name)
            del self.gcs.objects[bucket, name]
        self.send_response(204)
        self.end_headers()

    def _multipart(self, bucket: str) -> None:
        self._check_bucket(bucket)
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message = email.message_from_bytes(head + self._body, policy=email.policy.HTTP)
        parts = list(message.iter_parts()) if message.is_multipart() else []
        if len(parts) != 2 or message.get_content_type() != "multipart/related":
            raise Refused(400, "badContent", "Malformed multipart body.")
        # The email parser would touch line ends, so the content is cut out by its boundary.
        boundary = b"--" + str(message.get_boundary()).encode()
        data = self._body.split(boundary, 3)[2].split(b"\r\n\r\n", 1)[1]
        data = data[: -len(b"\r\n")]
        resource = json.loads(parts[0].get_payload(decode=True))
        resource.setdefault("name", self._query.get("name"))
        resource.setdefault("contentType", parts[1].get_content_type())
        stored = self.gcs.save(bucket, resource, data, self._query.get("ifGenerationMatch"))
        self._send_json(self._resource(bucket, resource["name"], stored))

    def _resumable(self, method: str, bucket: str) -> None:
        if method == "POST":
            self._check_bucket(bucket)
            resource = json.loads(self._body or b"{}")
            resource.setdefault("name", self._query.get("name"))
            resource.setdefault("contentType", self.headers.get("X-Upload-Content-Type"))
            precondition = self._query.get("ifGenerationMatch")
            self.gcs.check_generation(
                self.gcs.objects.get((bucket, resource["name"])), precondition
            )
            identity = uuid.uuid4().hex
            self.gcs.uploads[identity] = Upload(bucket, resource, precondition)
            self.send_response(200)
            self.send_header(
                "Location",
                f"{self.gcs.url}/upload/storage/v1/b/{bucket}/o"
                f"?uploadType=resumable&upload_id={identity}",
            )
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        upload = self.gcs.uploads.get(self._query.get("upload_id", ""))
        span = re.fullmatch(
            r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)", self.headers.get("Content-Range", "")
        )
        if upload is None or span is None:
            raise Refused(404 if upload is None else 400, "notFound", "No such upload or range.")
        total = None if span[3] == "*" else int(span[3])
        if span[1] is not None:
            first, last = int(span[1]), int(span[2])
            if first != len(upload.data) or last - first + 1 != len(self._body):
                raise Refused(400, "invalid", "Chunk does not follow the bytes already here.")
            if last + 1 != total and len(self._body) % CHUNK_UNIT:
                raise Refused(400, "invalid", "Chunk is not a multiple of 256 KiB.")
            upload.data += self._body
        if total is None or len(upload.data) < total:
            self.send_response(308)
            if upload.data:
                self.send_header("Range", f"bytes=0-{len(upload.data) - 1}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        for given in self.headers.get("X-Goog-Hash", "").split(","):
            name, _, value = given.strip().partition("=")
            upload.resource.update(
                {{"crc32c": "crc32c", "md5": "md5Hash"}[name]: value} if name else {}
            )
        stored = self.gcs.save(
            upload.bucket, upload.resource, bytes(upload.data), upload.precondition
        )
        self._send_json(self._resource(upload.bucket, upload.resource["name"], stored))

    def _signed_download(self, path: str) -> None:
        _, bucket, name = path.split("/", 2)
        raw, _, signature = urllib.parse.urlsplit(self.path).query.rpartition("&X-Goog-Signature=")
        scope = self._query["X-Goog-Credential"].split("/", 1)[1]
        signed_headers = self._query["X-Goog-SignedHeaders"].split(";")
        headers = "".join(f"{name}:{self.headers[name].strip()}\n" for name in signed_headers)
        canonical = "\n".join(
            ["GET", path, raw, headers, ";".join(signed_headers), "UNSIGNED-PAYLOAD"]
        )
        text = "\n".join(
            [
                "GOOG4-RSA-SHA256",
                self._query["X-Goog-Date"],
                scope,
                hashlib.sha256(canonical.encode()).hexdigest(),
            ]
        )
        start = datetime.strptime(self._query["X-Goog-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        try:
            self.gcs.public_key.verify(
                bytes.fromhex(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except (InvalidSignature, ValueError):
            raise Refused(403, "SignatureDoesNotMatch", "Access denied.") from None
        if start + timedelta(seconds=int(self._query["X-Goog-Expires"])) < datetime.now(UTC):
            raise Refused(400, "ExpiredToken", "The provided token has expired.")
        self._query = {}
        self._send_media(self._find(bucket, urllib.parse.unquote(name)))

    def _send_media(self, stored: StoredObject) -> None:
        data, status = stored.data, 200
        span = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if span is not None:
            first = int(span[1])
            last = min(int(span[2] or len(data)), len(data) - 1)
            if first >= len(data):
                raise Refused(416, "requestedRangeNotSatisfiable", "Range not satisfiable.")
            data, status = data[first : last + 1], 206
        self.send_response(status)
        if span is not None:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(stored.data)}")
        self.send_header("Content-Type", stored.content_type)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Goog-Generation", str(stored.generation))
        self.send_header("X-Goog-Hash", f"crc32c={stored.crc32c},md5={stored.md5}")
        self.end_headers()
        self.wfile.write(data)

    def _resource(self, bucket: str, name: str, stored: StoredObject) -> dict[str, object]:
        return {
            "kind": "storage#object",
            "id": f"{bucket}/{name}/{stored.generation}",
            "bucket": bucket,
            "name": name,
            "size": str(len(stored.data)),
            "contentType": stored.content_type,
            "metadata": stored.metadata,
            "generation": str(stored.generation),
            "metageneration": "1",
            "timeCreated": stored.created.isoformat(),
            "md5Hash": stored.md5,
            "crc32c": stored.crc32c,
        }

    def _send_json(self, body: object, status: int = 200) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _pem(key: rsa.RSAPublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
