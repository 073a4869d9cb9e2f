"""Taking secrets out of anything that is written down: requests, errors, logs.

A last line of defence, not permission to pass secrets around. It looks at the names of fields
and at shapes that only credentials have, so that a story about a secret key stays readable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

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


def redact_text(text: str) -> str:
    """``text`` with everything that looks like a credential replaced by ``[redacted]``.

    >>> redact_text("GET /v1?api_key=abc failed")
    'GET /v1?api_key=[redacted] failed'
    """
    for shape in _SECRET_SHAPES:
        text = shape.sub(lambda match: f"{match['keep']}{REDACTED}", text)
    return text


def redact(value: object) -> object:
    """JSON-like ``value`` of the same shape: secret fields blanked, secret shapes in text too."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {
            key: REDACTED
            if isinstance(key, str) and _SECRET_FIELD.search(key) and item
            else redact(item)
            for key, item in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [redact(item) for item in value]
    return value
