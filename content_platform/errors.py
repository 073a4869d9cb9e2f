"""The errors a person may see. Each says what is wrong and what to do about it.

::

    ContentPlatformError
    ├── BadInput               the request cannot be met as written; nothing was started
    ├── NotFound               the named story, channel, voice … does not exist
    ├── DefectiveMedia         something that was made, or read back, is not fit to use
    ├── NoProviderLeft         every provider refused or failed; lists each and why
    ├── CallInProgress         another process owns this call
    └── StorageUnavailable     database or media store cannot be used (full disk, no server …)
"""

from __future__ import annotations


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


class CallInProgress(ContentPlatformError):
    """Another live process owns this call's claim."""


class StorageUnavailable(ContentPlatformError):
    """The database or the media store cannot be reached or written."""
