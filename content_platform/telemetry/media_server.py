"""A small read-only HTTP server for media, so that links in the Dagster UI play.

For people on their own machine. Production serves media from the object store with presigned URLs.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO

from content_platform.errors import ContentPlatformError, StorageUnavailable
from content_platform.storage.media import MediaStore
from content_platform.storage.models import SUFFIXES, MediaRef

_PATH = re.compile(r"/(?P<sha256>[0-9a-f]{64})-(?P<size>\d{1,15})(?P<suffix>\.[a-z0-9]{2,4})")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CHUNK = 1 << 18


def media_path(ref: MediaRef) -> str:
    """Where ``serve_media`` answers with this media: ``/<sha256>-<size in bytes><suffix>``."""
    return f"/{ref.sha256}-{ref.size_bytes}{ref.suffix}"


@dataclass(frozen=True)
class Page:
    """An answer that is not media, to be sent whole."""

    body: bytes
    mime: str = "text/html; charset=utf-8"
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


def serve_media(
    media: MediaStore,
    host: str,
    port: int,
    pages: Callable[[str], Page | None] | None = None,
) -> ThreadingHTTPServer:
    """A server of ``http://host:port`` + ``media_path(ref)``, with byte ranges so that players can seek.

    ``pages`` is asked for every other path (with its query, as the browser sent it); it returns
    None for what it does not know. Port 0 takes any free one (``server_address`` tells). Raises
    OSError when the address is taken.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:  # the player stopped, the reader went on
                self.close_connection = True

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def _answer(self, *, with_body: bool) -> None:
            match = _PATH.fullmatch(self.path.split("?")[0])
            if match is None:
                self._answer_page(with_body=with_body)
                return
            mime = _MIMES.get(match["suffix"]) or mimetypes.guess_type(self.path)[0]
            ref = MediaRef(
                sha256=match["sha256"],
                size_bytes=int(match["size"]),
                mime=mime or "application/octet-stream",
            )
            try:
                path = media.local_path(ref)
            except ContentPlatformError:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            size = path.stat().st_size
            span = _span(self.headers.get("Range"), size)
            if span is None:
                self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                self.send_header("Content-Range", f"bytes */{size}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            start, end = span
            partial = (start, end) != (0, size)
            self.send_response(HTTPStatus.PARTIAL_CONTENT if partial else HTTPStatus.OK)
            if partial:
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
            self.send_header("Content-Type", ref.mime)
            self.send_header("Content-Length", str(end - start))
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Cache-Control", "public, max-age=31536000, immutable")
            self.end_headers()
            if with_body:
                with path.open("rb") as file:
                    self._copy(file, start, end)

        def _answer_page(self, *, with_body: bool) -> None:
            try:
                page = pages(self.path) if pages is not None else None
            except StorageUnavailable as error:
                self.send_error(HTTPStatus.SERVICE_UNAVAILABLE, explain=str(error))
                return
            if page is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            self.send_response(page.status)
            self.send_header("Content-Type", page.mime)
            self.send_header("Content-Length", str(len(page.body)))
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(page.body)

        def _copy(self, file: BinaryIO, start: int, end: int) -> None:
            file.seek(start)
            while start < end and (chunk := file.read(min(_CHUNK, end - start))):
                self.wfile.write(chunk)
                start += len(chunk)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet: requests of a person's own player are not news."""

    return ThreadingHTTPServer((host, port), Handler)


_MIMES = {suffix: mime for mime, suffix in SUFFIXES.items()}


def _span(header: str | None, size: int) -> tuple[int, int] | None:
    """The half-open byte span a Range header asks for; None when it cannot be satisfied (RFC 9110)."""
    match = _RANGE.fullmatch(header or "")
    if match is None or match.group(0) == "bytes=-":
        return 0, size
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size
    start, end = int(first), min(size, int(last) + 1) if last else size
    return (start, end) if start < end else None
