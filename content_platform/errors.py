"""The errors a person may see. Each says what is wrong and what to do about it.

::

    ContentPlatformError
    ├── BadInput               the request cannot be met as written; nothing was started
    ├── NotFound               the named story, channel, voice … does not exist
    ├── DefectiveMedia         something that was made, or read back, is not fit to use
    ├── NoProviderLeft         every provider refused or failed; lists each and why
    ├── BudgetExceeded         a budget has no room for it; says when it may go on
    ├── CallInProgress         another process owns this call
    └── StorageUnavailable     database or media store cannot be used (full disk, no server …)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from pydantic import ValidationError


class ContentPlatformError(Exception):
    """Base of all errors meant for people. ``remedy`` is one imperative sentence."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()


class BadInput(ContentPlatformError):
    """What was asked for cannot be done as written; names the field, the value and the remedy."""


class NotFound(ContentPlatformError):
    """A named thing does not exist."""


class DefectiveMedia(ContentPlatformError):
    """Media failed its check: silent audio, blank picture, wrong bytes for its sha256."""


class NoProviderLeft(ContentPlatformError):
    """No provider could do the call; the message lists each provider and its reason."""


class BudgetExceeded(ContentPlatformError):
    """A budget has no room for a call. Nothing was started; who asked may defer its work.

    ``asked`` is the provider the call was meant for, and ``amount_usd`` the most it may cost.
    ``resume_at`` is when the budget's window turns (UTC); None when only a person can make room.
    ``provider`` is set when it is that provider's own budget: another one may have room.
    """

    def __init__(
        self,
        message: str,
        *,
        remedy: str,
        asked: str,
        amount_usd: Decimal,
        resume_at: datetime | None,
        provider: str | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.asked = asked
        self.amount_usd = amount_usd
        self.resume_at = resume_at
        self.provider = provider


class CallInProgress(ContentPlatformError):
    """Another live process owns this call's claim."""


class StorageUnavailable(ContentPlatformError):
    """The database or the media store cannot be reached or written."""


def wrong_values(error: ValidationError, names: Mapping[str, str] | None = None) -> list[str]:
    """One line for each wrong value: its field, the value, and what is allowed.

    ``names`` says what people call a field, where that is not its name. A list that is only too
    short because what it holds is wrong is not mentioned again. What is wrong with a section as a
    whole says which of its values it means, so the section is not repeated.
    """
    problems = error.errors(include_url=False, include_context=False)
    inside = {problem["loc"][: len(problem["loc"]) - 1] for problem in problems}
    lines = []
    for problem in problems:
        if problem["type"] == "too_short" and problem["loc"] in inside and problem["input"]:
            continue
        path = [str(part) for part in problem["loc"]] or ["config"]
        path[0] = (names or {}).get(path[0], path[0])
        said = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "value_error" and isinstance(problem["input"], dict):
            lines.append(f"{'.'.join(path)}: {said}")
            continue
        shown = "missing" if problem["type"] == "missing" else f"not {problem['input']!r:.200}"
        lines.append(f"{'.'.join(path)}: {said} ({shown})")
    return lines
