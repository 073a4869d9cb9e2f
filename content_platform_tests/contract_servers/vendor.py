"""The base of the vendors' stand-ins: an HTTP server that is strict, keeps count, and misbehaves on demand.

A subclass declares routes and the shape of its vendor's errors; this module serves them, meters
what the vendor would bill, keeps a journal, checks what passes against the vendor's own spec where
that is there, and plays the troubles a test asks for.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
import urllib.parse
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self

from content_platform_tests.contract_servers.spec import Spec


class Trouble(StrEnum):
    """How a vendor may misbehave, once for each time it is put in the queue."""

    RATE_LIMITED = "rate limited"  # 429 with Retry-After; nothing done
    SERVER_ERROR = "server error"  # 500; nothing done
    OVERLOADED = "overloaded"  # 503, or what the vendor says instead; nothing done
    HANGS = "hangs"  # takes the request, does the work, bills, and never answers
    CUT_BEFORE = "cut before"  # resets the connection before any work
    CUT_AFTER = "cut after"  # does the work, bills, and resets before the answer
    TRUNCATED = "truncated"  # bills, and the body ends in the middle
    MALFORMED = "malformed"  # bills, and the body has the wrong shape
    CONTENT_REFUSED = "content refused"  # the vendor's rules forbid the content; nothing billed
    SLOW = "slow"  # a good answer in small pieces
    BAD_SECRET = "bad secret"  # 401
    NO_CREDIT = "no credit"  # 402, or what the vendor says instead


_NOTHING = re.fullmatch("", "")
assert _NOTHING is not None


@dataclass(frozen=True)
class Request:
    """A request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    match: re.Match[str] = _NOTHING
    """Of the path with its route."""

    @property
    def json(self) -> Any:
        """The body. Raises Refused (400) when it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Refused(400, f"the body is not JSON: {error}") from error


@dataclass
class Answer:
    """What goes back. ``billed_usd`` is what the vendor charges for it."""

    body: bytes | dict[str, Any] | list[Any]
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    billed_usd: Decimal = Decimal(0)

    @property
    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Refused(Exception):
    """The vendor would refuse this request. ``code`` is what it calls the reason."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code


@dataclass(frozen=True)
class Exchange:
    """One line of the journal."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int | None
    """None when no answer was sent."""
    billed_usd: Decimal
    trouble: Trouble | None


Handler = Callable[[Any, Request], Answer]


def route(method: str, path: str) -> Callable[[Handler], Handler]:
    """Declare a method of a server as the handler of ``method path`` (a regular expression)."""

    def declare(handler: Handler) -> Handler:
        handler.route = (method, re.compile(path))  # type: ignore[attr-defined]
        return handler

    return declare


class VendorServer:
    """Serves on a free port of this machine while used as a context manager."""

    spec: ClassVar[Spec | None] = None
    """The vendor's own, where it is there: every exchange is checked against it."""
    secrets: tuple[str, ...] = ("test-secret-1",)
    """The secrets that are valid now; a test that rotates changes them."""

    def __init__(self) -> None:
        self.journal: list[Exchange] = []
        self.violations: list[str] = []
        """How what passed differs from the vendor's spec; empty is good."""
        self._troubles: list[tuple[Trouble, str]] = []
        """What is to come, each with the requests it waits for."""
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._routes = [
            (*getattr(type(self), name).route, getattr(self, name))
            for name in dir(type(self))
            if hasattr(getattr(type(self), name), "route")
        ]

    # What a subclass tells of its vendor

    def authorised(self, request: Request) -> bool:
        """Whether the request carries a valid secret, in the vendor's way."""
        raise NotImplementedError

    def refusal(self, refused: Refused) -> Answer:
        """An error in the vendor's envelope."""
        raise NotImplementedError

    def trouble_answer(self, trouble: Trouble, request: Request) -> Answer:
        """RATE_LIMITED, SERVER_ERROR, OVERLOADED, CONTENT_REFUSED, BAD_SECRET, NO_CREDIT in the vendor's way."""
        raise NotImplementedError

    # What a test does with it

    def __enter__(self) -> Self:
        outer = self

        class _Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None: ...

            def _serve(self) -> None:
                outer._serve(self)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def misbehave(self, *troubles: Trouble, at: str = "") -> None:
        """Play these, one for each coming request, in order.

        ``at`` is a regular expression that ``METHOD /path`` must hold: other requests are served well.
        """
        with self._lock:
            self._troubles += [(trouble, at) for trouble in troubles]

    def behave(self) -> None:
        """Forget the troubles that have not been played."""
        with self._lock:
            self._troubles.clear()

    @property
    def billed_usd(self) -> Decimal:
        """The vendor's own meter."""
        with self._lock:
            return sum((exchange.billed_usd for exchange in self.journal), Decimal(0))

    def calls(self, path: str = "") -> list[Exchange]:
        """The exchanges whose path holds ``path``."""
        with self._lock:
            return [exchange for exchange in self.journal if path in exchange.path]

    # Serving

    def _next_trouble(self, what: str, among: Container[Trouble] = Trouble) -> Trouble | None:
        """The trouble that is due, if it is one of these and ``what`` is a request it waits for."""
        with self._lock:
            if self._troubles:
                trouble, at = self._troubles[0]
                if trouble in among and re.search(at, what):
                    del self._troubles[0]
                    return trouble
        return None

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("content-length") or 0)
        body = (
            _chunked(handler)
            if handler.headers.get("transfer-encoding")
            else handler.rfile.read(length)
        )
        split = urllib.parse.urlsplit(handler.path)
        trouble = self._next_trouble(f"{handler.command} {split.path}")
        headers = {name.lower(): value for name, value in handler.headers.items()}
        query = dict(urllib.parse.parse_qsl(split.query))
        request = Request(handler.command, split.path, query, headers, body)
        if trouble is Trouble.CUT_BEFORE:
            self._note(request, None, Decimal(0), trouble)
            return _reset(handler)
        answer = self._answer(request, trouble)
        billed = answer.billed_usd
        if trouble is Trouble.HANGS:
            self._note(request, None, billed, trouble)
            self._stopped.wait(120)
            return _reset(handler)
        if trouble is Trouble.CUT_AFTER:
            self._note(request, None, billed, trouble)
            return _reset(handler)
        data = answer.data
        if trouble is Trouble.MALFORMED:
            data = (
                b'{"unexpected": tru' if answer.content_type == "application/json" else b"\x00" * 64
            )
        self._note(request, answer.status, billed, trouble)
        handler.send_response(answer.status)
        for name, value in {"content-type": answer.content_type, **answer.headers}.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(data)))
        handler.end_headers()
        if trouble is Trouble.TRUNCATED:
            handler.wfile.write(data[: len(data) // 2])
            handler.wfile.flush()
            return _reset(handler)
        if trouble is Trouble.SLOW:
            step = max(1, len(data) // 8)
            for start in range(0, len(data), step):
                handler.wfile.write(data[start : start + step])
                handler.wfile.flush()
                time.sleep(0.05)
            return None
        handler.wfile.write(data)
        return None

    def _answer(self, request: Request, trouble: Trouble | None) -> Answer:
        own = {
            Trouble.RATE_LIMITED, Trouble.SERVER_ERROR, Trouble.OVERLOADED,
            Trouble.CONTENT_REFUSED, Trouble.BAD_SECRET, Trouble.NO_CREDIT,
        }  # fmt: skip
        try:
            if trouble in own:
                return self.trouble_answer(trouble, request)
            for method, pattern, handle in self._routes:
                found = pattern.fullmatch(request.path)
                if found and method == request.method:
                    request = Request(
                        request.method,
                        request.path,
                        request.query,
                        request.headers,
                        request.body,
                        found,
                    )
                    if not self.authorised(request):
                        raise Refused(401, "the secret is not valid", "invalid_api_key")
                    answer: Answer = handle(request)
                    self._check(request, answer)
                    return answer
            raise Refused(404, f"there is no {request.method} {request.path}", "not_found")
        except Refused as refused:
            return self.refusal(refused)

    def _check(self, request: Request, answer: Answer) -> None:
        if self.spec is not None:
            found = self.spec.violations(
                request.method,
                request.path,
                request.headers,
                request.body,
                answer.status,
                answer.content_type,
                answer.data,
            )
            with self._lock:
                self.violations += found

    def _note(
        self, request: Request, status: int | None, billed: Decimal, trouble: Trouble | None
    ) -> None:
        with self._lock:
            self.journal.append(
                Exchange(
                    request.method,
                    request.path,
                    request.headers,
                    request.body,
                    status,
                    billed,
                    trouble,
                )
            )


def _chunked(handler: BaseHTTPRequestHandler) -> bytes:
    parts = []
    while size := int(handler.rfile.readline().split(b";")[0], 16):
        parts.append(handler.rfile.read(size))
        handler.rfile.readline()
    handler.rfile.readline()
    return b"".join(parts)


def _reset(handler: BaseHTTPRequestHandler) -> None:
    """End the connection with a TCP reset, as a broken network does."""
    handler.close_connection = True
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()
