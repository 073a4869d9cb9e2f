"""The built-in sandbox as a source of metrics; see ``publishing.adapters.sandbox`` for publishing."""

from __future__ import annotations

from datetime import date

from content_platform.metrics.models import DayNumbers
from content_platform.publishing.sandbox.service import SandboxService
from content_platform.vocabulary import Platform


class SandboxMetrics:
    """``MetricsSource``: days are UTC; one that is late or missing is simply not there yet.

    Raises PlatformRefusal or SandboxUnreachable when the sandbox was told to fail.
    """

    platform = Platform.SANDBOX

    def __init__(self, service: SandboxService) -> None:
        self._service = service

    def day_numbers(
        self, account: str, remote_ids: tuple[str, ...], day: date
    ) -> dict[str, DayNumbers]:
        reported = self._service.day_numbers(account, remote_ids, day)
        return {
            remote_id: DayNumbers(simulated=True, **vars(numbers))
            for remote_id, numbers in reported.items()
        }
