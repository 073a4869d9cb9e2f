"""The built-in sandbox as a publishing platform.

This adapter and ``metrics.adapters.sandbox`` are the only ways our code reaches the simulated
company: no other module asks ``SandboxService`` for anything, as none could ask a real one.
"""

from __future__ import annotations

from content_platform.publishing.models import DAY_S, PublishPackage, QuotaRule, RemoteVideo
from content_platform.publishing.sandbox.models import SandboxSettings
from content_platform.publishing.sandbox.service import SandboxService
from content_platform.vocabulary import Format, Platform


class SandboxPlatform:
    """``PublishingPlatform``: takes every format, and rehearsals without media.

    Besides PlatformRefusal, calls raise SandboxUnreachable when the connection breaks.
    """

    platform = Platform.SANDBOX
    formats: tuple[Format, ...] = (Format.PORTRAIT,)

    def __init__(self, service: SandboxService) -> None:
        self._service = service

    def quotas(self) -> tuple[QuotaRule, ...]:
        """The sandbox's public rule; it may allow an account less, and then refuses for the day."""
        units = SandboxSettings().uploads_per_day
        return (QuotaRule(bucket="uploads", units=units, cost=1, window_s=DAY_S),)

    def refusal(self, package: PublishPackage) -> str | None:
        return self._service.refusal(package)

    def begin(self, package: PublishPackage) -> str:
        return self._service.begin(package)

    def send(self, handle: str, package: PublishPackage) -> None:
        self._service.send(handle, package)

    def publish(self, handle: str, package: PublishPackage) -> RemoteVideo:
        return self._service.publish(handle, package)

    def find(self, idempotency_key: str, handle: str | None) -> RemoteVideo:
        return self._service.find(idempotency_key, handle)

    def withdraw(self, remote_id: str) -> None:
        self._service.withdraw(remote_id)
