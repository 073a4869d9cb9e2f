"""A sandbox on a clock of its own, and packages to give it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from content_platform.publishing.adapters.sandbox import SandboxPlatform
from content_platform.publishing.models import PublishPackage, RemoteVideo
from content_platform.publishing.sandbox.service import SandboxService
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform.vocabulary import Format

MONDAY = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


class Time:
    """A clock that only moves when told."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@pytest.fixture
def time() -> Time:
    return Time(MONDAY)


@pytest.fixture
def service(database: Database, media: LocalMediaStore, time: Time) -> SandboxService:
    return SandboxService(database, media, time, seed=11, sleep=lambda s: time.pass_(seconds=s))


@pytest.fixture
def platform(service: SandboxService) -> SandboxPlatform:
    return SandboxPlatform(service)


def package(key: str = "story-1", **other: Any) -> PublishPackage:
    """A rehearsal on the account ``midnight-tales``, unless told otherwise."""
    given = {
        "idempotency_key": key,
        "account": "midnight-tales",
        "title": "The Lamp on Gull Rock",
        "description": "A keeper counts the ships, and one too many answers.",
        "hashtags": ("MidnightTales",),
        "chapters": ((0.0, "The storm"), (14.0, "The light"), (30.0, "The answer")),
        "locale": "en",
        "format": Format.PORTRAIT,
        "duration_s": 45.0,
        "video": None,
        "captions": None,
        "thumbnail": None,
        "publish_at": None,
        "made_for_kids": False,
        "traits": {"theme": "a lighthouse keeper", "kernel": "one too many"},
    }
    return PublishPackage.model_validate(given | other)


@pytest.fixture
def upload(platform: SandboxPlatform, time: Time) -> Callable[..., RemoteVideo]:
    """Take a package all the way, wait for its processing, and say what became of it."""

    def go(key: str = "story-1", **other: Any) -> RemoteVideo:
        given = package(key, **other)
        handle = platform.begin(given)
        platform.send(handle, given)
        platform.publish(handle, given)
        time.pass_(seconds=10)
        return platform.find(key, handle)

    return go
