"""What adapters of hosted vendors share: from an HTTP answer, or none, to what is known of the call.

No vendor's name belongs here; what only one vendor means by a status is its adapter's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from content_platform.providers.models import (
    CallFailure,
    CredentialRefused,
    OutOfService,
    TransientFailure,
)
from content_platform.security.redaction import redact_text

_MESSAGE_CHARS = 500


def http_failure(
    vendor: str, status: int, message: str, headers: Mapping[str, str], now: datetime
) -> CallFailure:
    """What an error status means to the pipeline. Nothing was done and nothing is charged.

    401 and 403: the secret; 402: the account's credit; 408, 409, 425, 429 and 5xx: try again;
    anything else will fail again just the same.
    """
    text = f"{vendor} answered {status}: {quoted(message)}"
    if status in {401, 403}:
        return CredentialRefused(text)
    if status == 402:
        return OutOfService(text)
    if status in {408, 409, 425, 429} or status >= 500:
        return TransientFailure(text, retry_after_s=retry_after_s(headers, now))
    return CallFailure(text)


def quoted(said: str) -> str:
    """The beginning of what a vendor said, without secrets.

    Cleaned before it is cut: of a secret that was cut nobody would know any more that it is one.
    """
    return redact_text(said.strip())[:_MESSAGE_CHARS]


def not_reached(vendor: str, error: Exception) -> TransientFailure:
    """No connection came about: the vendor has not seen the call."""
    return TransientFailure(f"{vendor} cannot be reached: {error}")


def lost_answer(vendor: str, error: Exception) -> TransientFailure:
    """The call was sent and no whole answer came: the vendor may have done it and charge for it."""
    return TransientFailure(f"{vendor} gave no whole answer: {error}", cost_usd=None)


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the vendor asks to wait: ``retry-after-ms``, else ``Retry-After`` (RFC 9110, 10.2.3)."""
    given = {name.lower(): value for name, value in headers.items()}
    try:
        if "retry-after-ms" in given:
            return max(0.0, float(given["retry-after-ms"]) / 1000)
        value = given.get("retry-after")
        if value is None:
            return None
        if value.strip().replace(".", "", 1).isdigit():
            return float(value)
        at = parsedate_to_datetime(value)
        return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
    except ValueError:
        return None
