"""The company's tables, schema ``sandbox``, and the statements on them.

Made by the company itself when it is first used; no part of our schema and its migrations. What
the rows mean and when they change is decided in ``service``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, text

from content_platform.publishing.sandbox.models import SandboxSettings, Shown, Traits

RECENT = 10
"""Among how many of its last stories an account's audience notices a repetition."""


def video_row(connection: Connection, video_id: str) -> Row[Any] | None:
    return connection.execute(
        text("SELECT * FROM sandbox.videos WHERE video_id = :id"), {"id": video_id}
    ).one_or_none()


def account_settings(connection: Connection, account: str) -> SandboxSettings:
    found = connection.scalar(
        text(
            "SELECT settings FROM sandbox.settings WHERE account IN (:account, '')"
            " ORDER BY account DESC LIMIT 1"
        ),
        {"account": account},
    )
    return SandboxSettings() if found is None else SandboxSettings.model_validate(found)


def lock_account(connection: Connection, account: str) -> None:
    """One session or publication of an account at a time: its quota and its videos are counted."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('sandbox ' || :account, 0))"),
        {"account": account},
    )


def earlier_stories(connection: Connection, account: str, story: str) -> list[Traits]:
    """The account's last ten other stories; one told in several languages or cuts is one."""
    found: dict[str, Traits] = {}
    for row in connection.execute(_RECENT, {"account": account, "limit": 6 * RECENT}):
        traits = Traits.model_validate(row.traits or {})
        if not story or traits.story != story:
            found.setdefault(traits.story or row.video_id, traits)
    return list(found.values())[:RECENT]


def as_shown(row: Row[Any]) -> Shown | None:
    """The video as its audience meets it; None when they never will."""
    if row.accepted_at is None or row.private or row.defect:
        return None
    return Shown.model_validate(
        row.shown | {"public_at": row.public_at, "withdrawn_at": row.withdrawn_at}
    )


TABLES = (
    "CREATE SCHEMA IF NOT EXISTS sandbox",
    "COMMENT ON SCHEMA sandbox IS"
    " 'A simulated video platform: no real company, video site or viewer.'",
    """
    CREATE TABLE IF NOT EXISTS sandbox.videos (
        video_id text PRIMARY KEY,
        idempotency_key text NOT NULL UNIQUE,
        account text NOT NULL,
        package jsonb NOT NULL,
        begun_at timestamptz NOT NULL,
        sent_at timestamptz,
        defect text NOT NULL DEFAULT '',
        thumbnail_contrast double precision,
        accepted_at timestamptz,
        processed_at timestamptz,
        public_at timestamptz,
        private boolean NOT NULL DEFAULT false,
        number integer,
        shown jsonb,
        withdrawn_at timestamptz,
        UNIQUE (account, number)
    )
    """,
    "CREATE INDEX IF NOT EXISTS videos_begun_idx ON sandbox.videos (account, begun_at)",
    """
    CREATE TABLE IF NOT EXISTS sandbox.settings (
        account text PRIMARY KEY,
        settings jsonb NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS sandbox.faults (
        fault_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        operation text NOT NULL,
        kind text NOT NULL,
        account text,
        seconds double precision,
        times_left integer NOT NULL
    )
    """,
)
"""Safe to run again. The account '' in ``settings`` stands for all that have none."""

BEGIN = text(
    "INSERT INTO sandbox.videos (video_id, idempotency_key, account, package, begun_at)"
    " VALUES (:video_id, :key, :account, CAST(:package AS jsonb), :now)"
)

SEND = text("""
UPDATE sandbox.videos SET
    package = CASE WHEN accepted_at IS NULL THEN CAST(:package AS jsonb) ELSE package END,
    defect = CASE WHEN accepted_at IS NULL THEN :defect ELSE defect END,
    thumbnail_contrast = CASE WHEN accepted_at IS NULL THEN :contrast ELSE thumbnail_contrast END,
    sent_at = coalesce(sent_at, :now)
WHERE video_id = :video_id
""")

LAST_NUMBER = text("SELECT max(number) FROM sandbox.videos WHERE account = :account")

_RECENT = text("""
SELECT video_id, shown -> 'traits' AS traits FROM sandbox.videos
WHERE account = :account AND number IS NOT NULL ORDER BY number DESC LIMIT :limit
""")

ACCEPT = text("""
UPDATE sandbox.videos SET
    accepted_at = :now, processed_at = :processed_at, public_at = :public_at, private = :private,
    number = :number, shown = CAST(:shown AS jsonb)
WHERE video_id = :video_id RETURNING *
""")

WITHDRAW = text("""
UPDATE sandbox.videos SET withdrawn_at = :now WHERE video_id = :video_id AND withdrawn_at IS NULL
""")

NUMBERED = text("""
SELECT video_id, accepted_at, private, defect, shown, public_at, withdrawn_at
FROM sandbox.videos WHERE account = :account AND video_id = ANY(:ids) ORDER BY video_id
""")

CONFIGURE = text("""
INSERT INTO sandbox.settings (account, settings) VALUES (:account, CAST(:settings AS jsonb))
ON CONFLICT (account) DO UPDATE SET settings = excluded.settings
""")

ADD_FAULT = text("""
INSERT INTO sandbox.faults (operation, kind, account, seconds, times_left)
VALUES (:operation, :kind, :account, :seconds, :times)
""")

TAKE_FAULT = text("""
UPDATE sandbox.faults SET times_left = times_left - 1 WHERE fault_id = (
    SELECT fault_id FROM sandbox.faults
    WHERE operation = :operation AND times_left > 0 AND (account IS NULL OR account = :account)
    ORDER BY fault_id LIMIT 1 FOR UPDATE
) RETURNING kind, seconds
""")

RECOVER = text("""
UPDATE sandbox.videos SET processed_at = :now,
    public_at = greatest(:now, CAST(package ->> 'publish_at' AS timestamptz))
WHERE processed_at = :never
""")

PUBLIC = """
    account = :account AND NOT private AND defect = '' AND withdrawn_at IS NULL
    AND processed_at <= :now AND public_at <= :now
"""

ACCOUNTS = text(
    "SELECT DISTINCT account FROM sandbox.videos WHERE"
    f" {PUBLIC.replace('account = :account', 'true')} ORDER BY account"
)
