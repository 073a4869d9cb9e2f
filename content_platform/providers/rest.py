"""One HTTP exchange with a vendor that offers no SDK: sent once, ended by the attempt's deadline.

What an answer's status means is the adapter's business (``hosted.http_failure``); here only
whether a whole answer came, and if not, whether the vendor can have seen the call.
"""

from __future__ import annotations

import json as json_text
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from content_platform.clock import Clock
from content_platform.providers.hosted import lost_answer, not_reached
from content_platform.providers.models import CallFailure

CONNECT_S = 10.0
MOST_BYTES = 256 * 1024 * 1024
"""More than any picture or piece of music; an answer that never ends must not fill the memory."""


@dataclass(frozen=True)
class Reply:
    """A whole answer, whatever its status."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    data: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is anything else."""
        try:
            found = json_text.loads(self.data)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def exchange(
    vendor: str,
    method: str,
    url: str,
    *,
    deadline: datetime,
    clock: Clock,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str | int] | None = None,
    json: Mapping[str, Any] | None = None,
    form: Mapping[str, str] | None = None,
    files: Mapping[str, tuple[str, bytes, str]] | None = None,
    follow_redirects: bool = False,
) -> Reply:
    """Ask, and read the whole answer. ``form`` and ``files`` are sent as multipart/form-data.

    Raises TransientFailure: without cost when no connection came about, of unknown cost when the
    call was sent and its answer got lost.
    """
    import httpx

    remaining_s = (deadline - clock()).total_seconds()
    if remaining_s <= 0:
        raise not_reached(vendor, TimeoutError("no time was left to ask"))
    ends = time.monotonic() + remaining_s
    limits = httpx.Timeout(remaining_s, connect=min(CONNECT_S, remaining_s))
    parts: dict[str, Any] = {name: (None, value) for name, value in (form or {}).items()}
    parts |= files or {}
    try:
        with (
            httpx.Client(timeout=limits, follow_redirects=follow_redirects) as client,
            client.stream(
                method, url, headers=headers, params=params, json=json, files=parts or None
            ) as response,
        ):
            body = bytearray()
            for block in response.iter_bytes():
                body += block
                if time.monotonic() > ends:
                    raise lost_answer(vendor, TimeoutError("it did not end in time"))
                if len(body) > MOST_BYTES:
                    raise lost_answer(vendor, ValueError(f"it is larger than {MOST_BYTES} bytes"))
            return Reply(
                response.status_code,
                {name.lower(): value for name, value in response.headers.items()},
                bytes(body),
            )
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise not_reached(vendor, error) from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise CallFailure(f"{vendor} cannot be asked at {url}: {error}") from error
    except httpx.HTTPError as error:
        raise lost_answer(vendor, error) from error
