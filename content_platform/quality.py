"""The result of a quality check, as rooms return it and asset checks show it, and its memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from content_platform.storage.models import Record
from content_platform.storage.records import RecordStore


@dataclass(frozen=True)
class QualityReport:
    """``problems`` are sentences a person can act on; ``measures`` are the figures behind them."""

    problems: tuple[str, ...] = ()
    measures: dict[str, float | int | str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return not self.problems


class RememberedReport(Record):
    """A report on media that cannot change, because its name is its content."""

    table: ClassVar[str] = "quality_reports"
    key: ClassVar[tuple[str, ...]] = ("story_id", "check", "subject")

    story_id: str
    check: str
    subject: str
    """The sha256 of what was looked at."""
    problems: tuple[str, ...]
    measures: dict[str, float | int | str]


def remembered(
    records: RecordStore,
    *,
    story_id: str,
    check: str,
    subject: str,
    look: Callable[[], QualityReport],
) -> QualityReport:
    """The report of ``check`` on the media named ``subject``: looked up, or looked at and kept.

    Only passed reports are kept, so that a failed check is always repeated.
    """
    known = records.find(RememberedReport, story_id=story_id, check=check, subject=subject)
    if known:
        return QualityReport(known[0].problems, dict(known[0].measures))
    report = look()
    if report.passed:
        records.put(
            RememberedReport(
                story_id=story_id,
                check=check,
                subject=subject,
                problems=report.problems,
                measures=report.measures,
            )
        )
    return report
