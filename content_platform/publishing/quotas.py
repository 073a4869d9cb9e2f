"""Quotas: what may still be uploaded in a platform's window, kept where all processes see it.

Belongs here: windows, and taking, keeping and giving back units, each in one statement of the
caller's transaction. Which rules hold for an upload, and when its units count as spent, is
decided in ``uploads``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from content_platform.publishing.models import DAY_S, QuotaRule, UploadKey


@dataclass(frozen=True)
class Window:
    """From ``start`` up to, not including, ``end``; UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class QuotaFull:
    """No room in ``rule``'s window until ``resume_at``."""

    rule: QuotaRule
    resume_at: datetime


def window_at(rule: QuotaRule, now: datetime) -> Window:
    """The rule's window that ``now`` is in. Windows touch each other and never overlap."""
    zone = ZoneInfo(rule.timezone)
    today = now.astimezone(zone).date()
    days = max(1, rule.window_s // DAY_S)
    first = date.fromordinal(today.toordinal() // days * days)
    start, end = _midnight(first, zone), _midnight(first + timedelta(days=days), zone)
    if rule.window_s < DAY_S:
        length = timedelta(seconds=rule.window_s)
        start += (now - start) // length * length
        end = min(start + length, end)
    return Window(start, end)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """When ``day`` begins there: where clocks skip midnight, the moment at which they do."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def reserve(
    connection: Connection,
    upload: UploadKey,
    account: str,
    rules: Iterable[QuotaRule],
    now: datetime,
) -> QuotaFull | None:
    """Set aside what the upload takes of each rule's present window: of all, or of none.

    What it holds there already is kept; what it holds unspent of a window that has passed is
    given back; what was spent stays spent and is taken again. Returns the rule that has no room,
    None when it has what it needs. The caller holds the upload's row.
    """
    savepoint = connection.begin_nested()
    for rule in sorted(rules, key=lambda rule: rule.bucket):  # one order for all: no deadlock
        window = window_at(rule, now)
        taken = connection.scalar(
            _RESERVE,
            {
                **upload._asdict(),
                "account": account,
                "bucket": rule.bucket,
                "units": rule.cost,
                "most": rule.units,
                "window_start": window.start,
                "window_end": window.end,
            },
        )
        if not taken:
            savepoint.rollback()
            return QuotaFull(rule, window.end)
    savepoint.commit()
    return None


def spend(connection: Connection, upload: UploadKey, buckets: Sequence[str]) -> None:
    """What the upload holds of these buckets is used up, and never given back."""
    connection.execute(_SPEND, {**upload._asdict(), "buckets": list(buckets)})


def release(connection: Connection, upload: UploadKey) -> None:
    """Give back all that the upload holds unspent."""
    for bucket in connection.scalars(_HELD, upload._asdict()).all():
        connection.execute(_RELEASE, {**upload._asdict(), "bucket": bucket})


_UPLOAD = "story_id = :story_id AND platform = :platform AND locale = :locale AND format = :format"

_RESERVE = text(f"""
WITH held AS (
    SELECT 1 FROM content.quota_reservations
    WHERE {_UPLOAD} AND bucket = :bucket AND account = :account
      AND window_start = :window_start AND NOT spent
), given_back AS (
    UPDATE content.platform_quotas AS quota SET used_units = quota.used_units - gone.units
    FROM (
        SELECT platform, account, bucket, window_start, units FROM content.quota_reservations
        WHERE {_UPLOAD} AND bucket = :bucket AND NOT spent AND NOT EXISTS (SELECT FROM held)
    ) AS gone
    WHERE (quota.platform, quota.account, quota.bucket, quota.window_start)
        = (gone.platform, gone.account, gone.bucket, gone.window_start)
), taken AS (
    INSERT INTO content.platform_quotas AS quota
        (platform, account, bucket, window_start, window_end, limit_units, used_units)
    SELECT :platform, :account, :bucket, :window_start, :window_end, :most, :units
    WHERE NOT EXISTS (SELECT FROM held)
    ON CONFLICT (platform, account, bucket, window_start) DO UPDATE
        SET used_units = quota.used_units + excluded.used_units, limit_units = excluded.limit_units
        WHERE quota.used_units + excluded.used_units <= excluded.limit_units
    RETURNING window_start
), noted AS (
    INSERT INTO content.quota_reservations
        (story_id, platform, locale, format, bucket, account, window_start, units, spent)
    SELECT :story_id, :platform, :locale, :format, :bucket, :account, window_start, :units, false
    FROM taken
    ON CONFLICT (story_id, platform, locale, format, bucket) DO UPDATE
        SET account = excluded.account, window_start = excluded.window_start,
            units = excluded.units, spent = false
    RETURNING 1
)
SELECT EXISTS (SELECT FROM held) OR EXISTS (SELECT FROM noted)
""")

_SPEND = text(f"""
UPDATE content.quota_reservations SET spent = true WHERE {_UPLOAD} AND bucket = ANY(:buckets)
""")

_HELD = text(f"""
SELECT bucket FROM content.quota_reservations WHERE {_UPLOAD} AND NOT spent ORDER BY bucket
""")

_RELEASE = text(f"""
WITH gone AS (
    DELETE FROM content.quota_reservations WHERE {_UPLOAD} AND bucket = :bucket AND NOT spent
    RETURNING platform, account, bucket, window_start, units
)
UPDATE content.platform_quotas AS quota SET used_units = quota.used_units - gone.units
FROM gone
WHERE (quota.platform, quota.account, quota.bucket, quota.window_start)
    = (gone.platform, gone.account, gone.bucket, gone.window_start)
""")
