"""How the sandbox reports: late, rough at first, revised once or twice, now and then not at all.

Pure functions of (seed, account or video, day, moment of asking). What really happened is the
audience's business.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from content_platform.publishing.sandbox.models import ReportedDay

if TYPE_CHECKING:
    from content_platform.publishing.sandbox.audience import DayCounts

REPORTING_HOUR = 6
"""UTC; a day is reported from this hour of the next day at the earliest."""
_DELAYS_DAYS = ((0.6, 0), (0.88, 1), (1.0, 2))
"""Up to which share of days is late by how many days."""
_LOST_SHARE = 0.03
_ROUGH = 0.08
_USD = Decimal("0.000001")


@lru_cache(maxsize=4096)
def reported_from(seed: int, account: str, day: date) -> datetime:
    """When the account's ``day`` becomes visible: next day 06:00 UTC, mostly; sometimes 1–2 days
    later; 3 % of days go missing and turn up 4–8 days late."""
    late = _uniform(seed, "late", account, day)
    days = 1 + next(days for upto, days in _DELAYS_DAYS if late < upto)
    if _uniform(seed, "lost", account, day) < _LOST_SHARE:
        days += 4 + int(5 * _uniform(seed, "found", account, day))
    return datetime(day.year, day.month, day.day, REPORTING_HOUR, tzinfo=UTC) + timedelta(days=days)


@lru_cache(maxsize=4096)
def revised_from(seed: int, account: str, day: date) -> datetime:
    """When the first, rough numbers of ``day`` give way to the right ones: 2–3 days later."""
    return reported_from(seed, account, day) + timedelta(
        days=2 + _uniform(seed, "revised", account, day)
    )


def revenue_final_from(seed: int, account: str, day: date) -> datetime:
    """When the revenue of ``day`` is settled: a week after it."""
    week_on = datetime(day.year, day.month, day.day, REPORTING_HOUR, tzinfo=UTC) + timedelta(days=7)
    return max(week_on, revised_from(seed, account, day))


def as_reported(
    counts: DayCounts, seed: int, account: str, video_id: str, day: date, now: datetime
) -> ReportedDay:
    """A finished day's numbers as they look at ``now`` (``reported_from`` has passed).

    Rough numbers are off by up to 8 %; a revised revenue by up to 4 % until it is settled.
    """
    shown_factor = view_factor = money_factor = 1.0
    if now < revised_from(seed, account, day):
        shown_factor = 1 + _ROUGH * _both_ways(seed, "impressions", video_id, day)
        view_factor = 1 + _ROUGH * _both_ways(seed, "views", video_id, day)
        money_factor = 1 + _ROUGH * _both_ways(seed, "revenue", video_id, day)
    elif now < revenue_final_from(seed, account, day):
        money_factor = 1 + _ROUGH / 2 * _both_ways(seed, "settled", video_id, day)
    return numbers(counts, shown_factor, view_factor, money_factor)


def numbers(
    counts: DayCounts,
    shown_factor: float = 1.0,
    view_factor: float = 1.0,
    money_factor: float = 1.0,
) -> ReportedDay:
    """``counts`` as the company reports them; the seconds follow the views."""
    views = round(counts.views * view_factor)
    seconds = counts.watch_seconds * views / counts.views if counts.views else 0.0
    return ReportedDay(
        impressions=max(round(counts.impressions * shown_factor), views),
        views=views,
        watch_seconds=round(seconds, 3),
        likes=min(counts.likes, views),
        comments=min(counts.comments, views),
        shares=min(counts.shares, views),
        subscribers=counts.subscribers,
        revenue_usd=Decimal(counts.revenue_usd * money_factor).quantize(_USD),
        retention=None
        if counts.retention is None
        else tuple(round(share, 4) for share in counts.retention),
    )


def _both_ways(seed: int, what: str, name: str, day: date) -> float:
    return 2 * _uniform(seed, what, name, day) - 1


def _uniform(seed: int, what: str, name: str, day: date) -> float:
    """Between 0 and 1, the same for the same arguments."""
    text = f"{seed}\x1f{what}\x1f{name}\x1f{day.isoformat()}"
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
