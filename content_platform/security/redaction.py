"""Taking secrets out of anything that is written down: requests, errors, logs.

A last line of defence, not permission to pass secrets around. It looks for the values this process
was handed, at the names of fields, and at shapes that only credentials have, so that a story about a
secret key stays readable.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

REDACTED = "[redacted]"

_SECRET_FIELD = re.compile(
    r"(^|[_\-.])(api[_-]?key|access[_-]?key([_-]?id)?|private[_-]?key|signing[_-]?key|secret|"
    r"token|password|passwd|passphrase|authorization|credentials?|cookie|signature)$",
    re.IGNORECASE,
)

# Each pattern's group ``keep`` stays, so that a reader still sees what kind of secret it was.
_SECRET_SHAPES = [
    re.compile(pattern)
    for pattern in (
        r"(?P<keep>)-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(-----END [A-Z ]*PRIVATE KEY-----|\Z)",
        r"(?P<keep>\b[Bb]earer\s+)[\w.~+/=-]{8,}",
        r"(?P<keep>\b[Bb]asic\s+)[A-Za-z0-9+/]{12,}={0,2}",
        r"(?P<keep>\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s/@]+(?=@)",
        r"(?P<keep>(?i:[?&](?:[\w-]*(?:token|key|signature|credential|secret)|sig)=))[^&\s\"']+",
        r"(?P<keep>(?i:\b[\w-]*(?:api[_-]?key|secret|token|password)[\"']?\s*[=:]\s*[\"']?))"
        r"(?=[^\s\"',;&]*\d)[\w./+~=-]{8,}",
        r"(?P<keep>\bsk-)[\w-]{16,}",
        r"(?P<keep>\b(?:AKIA|ASIA))[A-Z0-9]{16}\b",
        r"(?P<keep>\bAIza)[\w-]{35}",
        r"(?P<keep>\bya29\.)[\w-]{20,}",
        r"(?P<keep>\bgh[pousr]_)\w{20,}",
        r"(?P<keep>\bxox[abprs]-)[\w-]{10,}",
        r"(?P<keep>\beyJ)[\w-]{10,}\.[\w-]{10,}\.[\w-]*",
    )
]


_SHORTEST = 6
"""Shorter values are words that a text may hold for other reasons; no vendor's secret is so short."""

_values: set[str] = set()
_forms: tuple[str, ...] = ()
"""Every way a registered value may be written, the longest first."""
_lock = threading.Lock()
_guarding = False


def register(value: str) -> None:
    """From now on, ``value`` is blanked wherever this process writes it down, encoded or not."""
    global _forms
    if len(value) < _SHORTEST or value in _values:
        return
    with _lock:
        _values.add(value)
        forms = {form for known in _values for form in _ways_to_write(known)}
        _forms = tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _ways_to_write(value: str) -> set[str]:
    """A value as it is, in URLs, JSON and Python, and in base64 wherever it may begin there."""
    ways = {value, quote(value, safe=""), quote(value), quote_plus(value)}
    ways |= {
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
    }
    data = value.encode()
    for before in range(3):
        # Of the characters at both ends, some bits belong to what stands beside the value.
        whole = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        start = (0, 2, 3)[before]
        part = whole[start : (before + len(data)) * 8 // 6]
        ways |= {part, part.replace("+", "-").replace("/", "_")}
    return {way for way in ways if len(way) >= _SHORTEST}


def blank_values(text: str) -> str:
    """``text`` with registered values blanked, and nothing else changed; quick, for what is large."""
    for form in _forms:
        if form in text:
            text = text.replace(form, REDACTED)
    return text


def redact_text(text: str) -> str:
    """``text`` with registered values and everything that looks like a credential blanked.

    >>> redact_text("GET /v1?api_key=abc failed")
    'GET /v1?api_key=[redacted] failed'
    """
    text = blank_values(text)
    for shape in _SECRET_SHAPES:
        text = shape.sub(lambda match: f"{match['keep']}{REDACTED}", text)
    return text


def redact(value: object) -> object:
    """JSON-like ``value`` of the same shape: secret fields blanked, secret shapes in text too."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {
            blank_values(key) if isinstance(key, str) else key: REDACTED
            if isinstance(key, str) and _SECRET_FIELD.search(key) and item
            else redact(item)
            for key, item in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [redact(item) for item in value]
    return value


ErrorT = TypeVar("ErrorT", bound=BaseException)


def redact_error(error: ErrorT) -> ErrorT:
    """``error`` itself, once neither it nor the errors behind it say a secret.

    Vendors' packages put requests into messages. What cannot be cleaned is cut off.
    """
    seen: set[int] = set()
    stubborn = False
    waiting: list[BaseException] = [error]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        with suppress(Exception):
            each.args = tuple(redact_text(a) if isinstance(a, str) else a for a in each.args)
            if hasattr(each, "__notes__"):
                each.__notes__ = [redact_text(note) for note in each.__notes__]
        stubborn = stubborn or redact_text(str(each)) != str(each)
        waiting += [behind for behind in (each.__cause__, each.__context__) if behind is not None]
        waiting += getattr(each, "exceptions", ())
    if stubborn:
        error.__cause__ = error.__context__ = None
    return error


def guard_output() -> None:
    """Keep secrets out of this process's log records and of the tracebacks it ends with.

    All loggers of the process, other packages' and Dagster's too: records are cleaned as they are
    made, before any handler sees them.
    """
    global _guarding
    with _lock:
        if _guarding:
            return
        _guarding = True
    logging.setLogRecordFactory(_cleaned(logging.getLogRecordFactory()))
    sys.excepthook = _cleaned_hook(sys.excepthook)
    in_thread = threading.excepthook

    def thread_hook(failed: threading.ExceptHookArgs) -> None:
        if failed.exc_type is SystemExit or failed.exc_value is None:
            in_thread(failed)
            return
        _cleaned_hook(lambda *_: in_thread(failed))(
            failed.exc_type, failed.exc_value, failed.exc_traceback
        )

    threading.excepthook = thread_hook


def _cleaned(make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    def record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        made = make(*args, **kwargs)
        if not _forms:
            return made
        try:
            said = made.getMessage()
        except Exception:
            return made  # logging itself tells of arguments that do not fit
        clean = redact_text(said)
        if clean != said:
            made.msg, made.args = clean, ()
        if made.exc_info and made.exc_info[0] is not None:
            trace = "".join(traceback.format_exception(*made.exc_info)).rstrip("\n")
            if (clean := redact_text(trace)) != trace:
                made.exc_text = clean  # formatters take it as it is
        return made

    return record


_Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]


def _cleaned_hook(hook: _Hook) -> _Hook:
    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        told = "".join(traceback.format_exception(kind, error, trace))
        clean = redact_text(told)
        if clean == told:
            hook(kind, error, trace)
        else:
            sys.stderr.write(clean)

    return show
