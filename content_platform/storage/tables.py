"""The tables of the ``content`` schema, as SQLAlchemy Core.

One table per record class of the rooms: a column per field, nested models and lists as JSONB,
the record's natural key as primary key. (Tests hold tables, records and migrations together.)
The tables of the provider pipeline stand at the end. No query belongs here, and no room is
imported: the words allowed in a column are written out.

JSONB keeps values exactly but not the order of a mapping's keys; where order matters a record
uses a tuple.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

from content_platform.vocabulary import ArtStyle, Format, Genre, Mood, Platform

SCHEMA = "content"

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    },
)


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """A CHECK that ``column`` holds one of ``words``."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _time(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _story_key() -> Column[str]:
    return Column("story_id", Text, ForeignKey(f"{SCHEMA}.stories.story_id"), primary_key=True)


# Planning and steering

stories = Table(
    "stories",
    metadata,
    Column("story_id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("request", JSONB, nullable=False),
    Column("request_sha256", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("error", Text, nullable=False),
    _time("created_at"),
    _time("updated_at"),
    _time("ready_at", nullable=True),
    Column("origin", Text, nullable=False, server_default="person"),
    Column("batch", Text),
    Column("queued", Boolean, nullable=False, server_default="false"),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("attempt", Integer, nullable=False, server_default="0"),
    _time("resume_at", nullable=True),
    Column("waits_for", JSONB(none_as_null=True), comment="The call that no budget had room for."),
    _time("archived_at", nullable=True),
    one_of("origin", ("person", "calendar", "batch")),
    one_of("status", ("planned", "running", "finished", "rejected", "deferred", "failed")),
    Index(None, "channel", "request_sha256"),
    Index(None, "created_at"),
    Index(None, "batch"),
    Index("stories_live_idx", "updated_at", postgresql_where=text("archived_at IS NULL")),
    Index("stories_queued_idx", "created_at", postgresql_where=text("queued")),
)

calendar_slots = Table(
    "calendar_slots",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("slot_at", DateTime(timezone=True), primary_key=True),
    Column("config_version", Integer, nullable=False),
    Column("series", Text),
    Column("status", Text, nullable=False),
    Column("story_id", Text, ForeignKey(f"{SCHEMA}.stories.story_id")),
    Column("reason", Text, nullable=False),
    _time("updated_at"),
    one_of("status", ("planned", "started", "missed", "cancelled")),
    Index(None, "slot_at"),
)

episodes = Table(
    "episodes",
    metadata,
    _story_key(),
    Column("channel", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("happened", Text, nullable=False),
    Column("places", JSONB, nullable=False),
    Column("things", JSONB, nullable=False),
    _time("created_at"),
    Index(None, "channel", "series", "episode", unique=True),
)

story_fingerprints = Table(
    "story_fingerprints",
    metadata,
    _story_key(),
    Column("channel", Text, nullable=False),
    Column("theme", Text, nullable=False),
    Column("kernel", Text, nullable=False),
    Column("cast", JSONB, nullable=False),
    Column("look", Text, nullable=False),
    Column("embedding", JSONB, nullable=False),
    Column("nearest", Text),
    Column("overlap", Double, nullable=False),
    Column("similarity", Double),
    _time("created_at"),
    Index(None, "channel", "created_at"),
)

config_versions = Table(
    "config_versions",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("parent", Integer),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("config", JSONB, nullable=False),
    _time("created_at"),
    CheckConstraint("version >= 1", name="version"),
)

briefs = Table(
    "briefs",
    metadata,
    _story_key(),
    Column("channel", Text, nullable=False),
    Column("config_version", Integer, nullable=False),
    Column("config", JSONB, nullable=False),
    Column("genre", Text, nullable=False),
    Column("theme", Text, nullable=False),
    Column("script", Text),
    Column("locales", JSONB, nullable=False),
    Column("formats", JSONB, nullable=False),
    Column("platforms", JSONB, nullable=False),
    Column("target_seconds", Double, nullable=False),
    Column("max_seconds", Double),
    Column("voice", Text),
    Column("style", Text, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("picture_types", JSONB, nullable=False),
    Column("audio_types", JSONB, nullable=False),
    Column("media", Boolean, nullable=False, server_default="true"),
    Column("own_media", JSONB, nullable=False, server_default="[]"),
    Column("series", Text),
    Column("episode", Integer),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("arms", JSONB, nullable=False, server_default="{}"),
    Column("explored", JSONB, nullable=False, server_default="[]"),
    Column("context", JSONB),
    Column("avoid_kernels", JSONB, nullable=False, server_default="[]"),
    Column("avoid_names", JSONB, nullable=False, server_default="[]"),
    Column("avoid_lines", JSONB, nullable=False, server_default="[]"),
    ForeignKeyConstraint(
        ["channel", "config_version"],
        [f"{SCHEMA}.config_versions.channel", f"{SCHEMA}.config_versions.version"],
    ),
    one_of("genre", Genre),
    one_of("style", ArtStyle),
)

experiments = Table(
    "experiments",
    metadata,
    Column("experiment_id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("hypothesis", Text, nullable=False),
    Column("arms", JSONB, nullable=False),
    Column("share", Double, nullable=False),
    Column("alpha", Double, nullable=False),
    Column("min_per_arm", Integer, nullable=False),
    Column("max_per_arm", Integer, nullable=False),
    Column("author", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("winner", Text),
    _time("started_at"),
    _time("ended_at", nullable=True),
    one_of("status", ("running", "won", "stopped")),
    Index(None, "channel", "status"),
)

experiment_assignments = Table(
    "experiment_assignments",
    metadata,
    Column(
        "experiment_id",
        Text,
        ForeignKey(f"{SCHEMA}.experiments.experiment_id"),
        primary_key=True,
    ),
    _story_key(),
    Column("channel", Text, nullable=False),
    Column("arm", Text, nullable=False),
    _time("assigned_at"),
    _time("exposed_at", nullable=True),
    Index(None, "story_id"),
)

recommendations = Table(
    "recommendations",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("base_version", Integer, nullable=False),
    Column("changes", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("stories", Integer, nullable=False),
    Column("expected_uplift", Double),
    Column("uplift_low", Double),
    Column("leanings", JSONB, nullable=False),
    Column("status", Text, nullable=False),
    Column("applied_version", Integer),
    _time("created_at"),
    one_of("status", ("open", "applied", "refused", "overtaken")),
)

# Making

story_texts = Table(
    "story_texts",
    metadata,
    _story_key(),
    Column("locale", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("logline", Text, nullable=False),
    Column("genre", Text, nullable=False),
    Column("theme", Text, nullable=False),
    Column("cast", JSONB, nullable=False),
    Column("scenes", JSONB, nullable=False),
    Column("words", Integer, nullable=False),
    Column("kernel", Text, nullable=False, server_default=""),
    Column("written_by", Text, nullable=False),
    one_of("genre", Genre),
)

verdicts = Table(
    "verdicts",
    metadata,
    _story_key(),
    Column("locale", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("subject_sha256", Text, nullable=False, server_default=""),
    Column("policy_version", Text, nullable=False, server_default=""),
    Column("decision", Text, nullable=False),
    Column("findings", JSONB, nullable=False),
    Column("provider", Text, nullable=False),
    one_of("subject", ("text", "pictures", "audio")),
    one_of("decision", ("allow", "review", "block")),
)

reviews = Table(
    "reviews",
    metadata,
    _story_key(),
    Column("locale", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("subject_sha256", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("findings", JSONB, nullable=False),
    Column("status", Text, nullable=False),
    _time("opened_at"),
    Column("decided_by", Text),
    _time("decided_at", nullable=True),
    Column("note", Text, nullable=False),
    one_of("subject", ("text", "pictures", "audio", "clearance")),
    one_of("status", ("open", "approved", "rejected")),
    CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="decided"),
    Index("reviews_open_idx", "opened_at", postgresql_where=text("status = 'open'")),
)

narrations = Table(
    "narrations",
    metadata,
    _story_key(),
    Column("locale", Text, primary_key=True),
    Column("audio", JSONB, nullable=False),
    Column("compressed", JSONB, nullable=False),
    Column("duration_s", Double, nullable=False),
    Column("voice", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("words", JSONB, nullable=False),
    Column("spans", JSONB, nullable=False),
    Column("inputs_sha256", Text, nullable=False),
)

scene_images = Table(
    "scene_images",
    metadata,
    _story_key(),
    Column("format", Text, primary_key=True),
    Column("scene", Integer, primary_key=True, autoincrement=False),
    Column("picture", JSONB, nullable=False),
    Column("compressed", JSONB, nullable=False),
    Column("focal_point", JSONB, nullable=False),
    Column("subjects", JSONB, nullable=False, server_default="[]"),
    Column("alt_text", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("clip", JSONB),
    Column("layers", JSONB),
    one_of("format", Format),
)

thumbnails = Table(
    "thumbnails",
    metadata,
    _story_key(),
    Column("locale", Text, primary_key=True),
    Column("format", Text, primary_key=True),
    Column("picture", JSONB, nullable=False),
    Column("words", Text, nullable=False),
    Column("contrast", Double, nullable=False),
    Column("inputs_sha256", Text, nullable=False),
    Column("alternatives", JSONB, nullable=False, server_default="[]"),
    one_of("format", Format),
)

background_music = Table(
    "background_music",
    metadata,
    _story_key(),
    Column("locale", Text, primary_key=True),
    Column("audio", JSONB, nullable=False),
    Column("mood", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("duration_s", Double, nullable=False),
    Column("last_chord_s", Double, nullable=False),
    Column("attribution", Text, nullable=False),
    one_of("mood", Mood),
)

caption_tracks = Table(
    "caption_tracks",
    metadata,
    _story_key(),
    Column("locale", Text, primary_key=True),
    Column("cues", JSONB, nullable=False),
    Column("files", JSONB, nullable=False),
    Column("inputs_sha256", Text, nullable=False),
)

videos = Table(
    "videos",
    metadata,
    _story_key(),
    Column("locale", Text, primary_key=True),
    Column("format", Text, primary_key=True),
    Column("media", JSONB, nullable=False),
    Column("duration_s", Double, nullable=False),
    Column("frames", Integer, nullable=False),
    Column("loudness_lufs", Double, nullable=False),
    Column("true_peak_dbtp", Double, nullable=False),
    Column("render_seconds", Double, nullable=False),
    Column("inputs_sha256", Text, nullable=False),
    one_of("format", Format),
)

publish_metadata = Table(
    "publish_metadata",
    metadata,
    _story_key(),
    Column("locale", Text, primary_key=True),
    Column("platform", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("hashtags", JSONB, nullable=False),
    Column("chapters", JSONB, nullable=False),
    one_of("platform", Platform),
)

finished_stories = Table(
    "finished_stories",
    metadata,
    _story_key(),
    Column("title", Text, nullable=False),
    Column("videos", Integer, nullable=False),
    Column("thumbnails", Integer, nullable=False),
    Column("duration_s", Double, nullable=False),
    Column("cost_usd", Numeric, nullable=False),
    _time("ready_at"),
)

quality_reports = Table(
    "quality_reports",
    metadata,
    _story_key(),
    Column("check", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("problems", JSONB, nullable=False),
    Column("measures", JSONB, nullable=False),
)

# Judging and sharing

licence_evidence = Table(
    "licence_evidence",
    metadata,
    _story_key(),
    Column("component", Text, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("vendor", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("terms_url", Text, nullable=False),
    Column("commercial_use", Boolean, nullable=False),
    Column("attribution", Text, nullable=False),
    Column("media_sha256", JSONB, nullable=False),
    Column("call_key", Text),
)

clearances = Table(
    "clearances",
    metadata,
    _story_key(),
    Column("platform", Text, primary_key=True),
    Column("locale", Text, primary_key=True),
    Column("decision", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("video_sha256", JSONB, nullable=False),
    Column("metadata_sha256", Text, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("decided_by", Text, nullable=False),
    _time("decided_at"),
    one_of("platform", Platform),
    one_of("decision", ("allow", "review", "block")),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("entry", BigInteger, Identity(), primary_key=True),
    _time("at"),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("channel", Text),
    Column("detail", JSONB, nullable=False),
    Index(None, "subject"),
    Index(None, "at"),
    comment="Append-only: a trigger refuses updates and deletes.",
)

_UPLOAD_STATES = (
    "planned", "deferred", "reserved", "started", "uploading", "processing", "scheduled",
    "published", "published_private", "unconfirmed", "failed", "withdrawn",
)  # fmt: skip

uploads = Table(
    "uploads",
    metadata,
    _story_key(),
    Column("platform", Text, primary_key=True),
    Column("locale", Text, primary_key=True),
    Column("format", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("video_sha256", Text),
    Column("metadata_sha256", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("handle", Text),
    Column("remote_id", Text),
    Column("remote_url", Text),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    _time("resume_at", nullable=True),
    _time("scheduled_for", nullable=True),
    _time("planned_at"),
    _time("published_at", nullable=True),
    _time("withdrawn_at", nullable=True),
    _time("updated_at"),
    one_of("platform", Platform),
    one_of("format", Format),
    one_of("state", _UPLOAD_STATES),
    CheckConstraint(
        "state NOT IN ('published', 'published_private') OR published_at IS NOT NULL",
        name="published",
    ),
    Index(None, "platform", "account", "idempotency_key", unique=True),
    Index(
        "uploads_video_once_idx",
        "platform",
        "account",
        "video_sha256",
        unique=True,
        postgresql_where=text("state <> 'failed' AND state <> 'withdrawn'"),
    ),
    Index("uploads_open_idx", "resume_at", postgresql_where=text("resume_at IS NOT NULL")),
    Index(None, "channel", "published_at"),
    comment="One video on one platform in one locale. The unique index over video_sha256 is the "
    "duplicate gate: an account never gets the same video twice.",
)

upload_events = Table(
    "upload_events",
    metadata,
    Column("event", BigInteger, Identity(), primary_key=True),
    Column("story_id", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False),
    _time("at"),
    ForeignKeyConstraint(
        ["story_id", "platform", "locale", "format"],
        [
            f"{SCHEMA}.uploads.story_id",
            f"{SCHEMA}.uploads.platform",
            f"{SCHEMA}.uploads.locale",
            f"{SCHEMA}.uploads.format",
        ],
    ),
    Index(None, "story_id"),
    comment="Each state an upload went through: append-only.",
)

platform_quotas = Table(
    "platform_quotas",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("bucket", Text, primary_key=True),
    Column("window_start", DateTime(timezone=True), primary_key=True),
    _time("window_end"),
    Column("limit_units", Integer, nullable=False),
    Column("used_units", Integer, nullable=False),
    CheckConstraint("used_units >= 0 AND used_units <= limit_units", name="within_limit"),
    comment="Units reserved or spent in one window.",
)

quota_reservations = Table(
    "quota_reservations",
    metadata,
    _story_key(),
    Column("platform", Text, primary_key=True),
    Column("locale", Text, primary_key=True),
    Column("format", Text, primary_key=True),
    Column("bucket", Text, primary_key=True),
    Column("account", Text, nullable=False),
    _time("window_start"),
    Column("units", Integer, nullable=False),
    Column("spent", Boolean, nullable=False),
    ForeignKeyConstraint(
        ["platform", "account", "bucket", "window_start"],
        [
            f"{SCHEMA}.platform_quotas.platform",
            f"{SCHEMA}.platform_quotas.account",
            f"{SCHEMA}.platform_quotas.bucket",
            f"{SCHEMA}.platform_quotas.window_start",
        ],
    ),
    comment="What an upload holds of a window: given back unless spent.",
)

# Measuring

metric_snapshots = Table(
    "metric_snapshots",
    metadata,
    _story_key(),
    Column("platform", Text, primary_key=True),
    Column("locale", Text, primary_key=True),
    Column("format", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("observed_at", DateTime(timezone=True), primary_key=True),
    Column("channel", Text, nullable=False),
    Column("impressions", BigInteger),
    Column("views", BigInteger),
    Column("watch_seconds", Double),
    Column("likes", BigInteger),
    Column("comments", BigInteger),
    Column("shares", BigInteger),
    Column("subscribers", BigInteger),
    Column("revenue_usd", Numeric(14, 6)),
    Column("retention", JSONB),
    Column("simulated", Boolean, nullable=False),
    ForeignKeyConstraint(
        ["story_id", "platform", "locale", "format"],
        [
            f"{SCHEMA}.uploads.story_id",
            f"{SCHEMA}.uploads.platform",
            f"{SCHEMA}.uploads.locale",
            f"{SCHEMA}.uploads.format",
        ],
    ),
    one_of("platform", Platform),
    one_of("format", Format),
    Index(None, "channel", "day"),
    comment="Append-only. NULL is unknown, never zero; the newest observed_at of a day holds.",
)

metric_collections = Table(
    "metric_collections",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("platform", Text, primary_key=True),
    _time("observed_at"),
    Column("outcome", Text, nullable=False),
    Column("videos_live", Integer, nullable=False),
    Column("videos_reported", Integer, nullable=False),
    Column("error", Text, nullable=False),
    one_of("platform", Platform),
    one_of("outcome", ("reported", "empty", "failed")),
)

# ---------------------------------------------------------------------------------------------
# The provider pipeline: media_assets, provider_calls, provider_attempts, provider_parts, cost_entries,
# evidence
# ---------------------------------------------------------------------------------------------

media_assets = Table(
    "media_assets",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("mime", Text, primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("story_id", Text, nullable=False),
    _time("created_at"),
    Index(None, "story_id"),
    comment="Everything a provider made and the media store keeps; story_id made it first.",
)

provider_calls = Table(
    "provider_calls",
    metadata,
    Column("call_key", Text, primary_key=True),
    Column("story_id", Text, nullable=False),
    Column("capability", Text, nullable=False),
    Column("attempt", Integer, nullable=False, comment="Raised to ask again on purpose."),
    Column("request", JSONB, nullable=False, comment="Redacted."),
    Column("status", Text, nullable=False),
    Column("error", Text, nullable=False, server_default=""),
    _time("created_at"),
    Column("claim_token", Text, nullable=False),
    Column("owner_place", Text, nullable=False),
    Column("owner_pid", Integer, nullable=False),
    Column("owner_started", Text, nullable=False),
    _time("lease_until"),
    Column("last_attempt", Integer, nullable=False),
    _time("finished_at", nullable=True),
    Column("finished_attempt", Integer, comment="The attempt the result below is from."),
    Column("output", JSONB),
    Column("media", JSONB, comment="Role to media reference."),
    one_of("status", ("claimed", "finished", "failed", "ambiguous")),
    CheckConstraint("status <> 'finished' OR finished_attempt IS NOT NULL", name="finished"),
    Index(None, "story_id"),
    comment="One row for each distinct request: who works on it, and its result.",
)

provider_attempts = Table(
    "provider_attempts",
    metadata,
    Column("call_key", ForeignKey(f"{SCHEMA}.provider_calls.call_key"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("repeatability", Text, nullable=False),
    Column("estimate_usd", Numeric(14, 6), nullable=False),
    Column("status", Text, nullable=False),
    Column("error", Text, nullable=False, server_default=""),
    _time("started_at"),
    _time("ended_at", nullable=True),
    Column("seconds", Double),
    Column("reserved_usd", Numeric(14, 6), nullable=False, server_default="0"),
    Column("budget_windows", ARRAY(BigInteger), nullable=False, server_default="{}"),
    one_of("status", ("started", "succeeded", "failed", "abandoned", "ambiguous")),
    Index("provider_attempts_open_idx", "started_at", postgresql_where=text("status = 'started'")),
    comment="Each time a provider was asked. abandoned: its worker died; ambiguous: nobody knows "
    "whether the provider did it. reserved_usd is what it still holds in each of its budget_windows.",
)

provider_parts = Table(
    "provider_parts",
    metadata,
    Column("part", BigInteger, Identity(), primary_key=True),
    Column("call_key", Text, nullable=False),
    Column("attempt_number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("media", JSONB),
    Column("cost_usd", Numeric(14, 6), nullable=False),
    Column("forgotten", Boolean, nullable=False),
    _time("at"),
    ForeignKeyConstraint(
        ["call_key", "attempt_number"],
        [f"{SCHEMA}.provider_attempts.call_key", f"{SCHEMA}.provider_attempts.number"],
    ),
    Index(None, "call_key", "attempt_number"),
    comment="What a vendor gave for a call before the whole answer was there, such as one picture of "
    "several, or the number of an order: nobody pays for it again. Append-only; the newest of a name "
    "holds.",
)

cost_entries = Table(
    "cost_entries",
    metadata,
    Column("entry", BigInteger, Identity(), primary_key=True),
    Column("call_key", Text, nullable=False),
    Column("attempt_number", Integer, nullable=False),
    Column("story_id", Text, nullable=False),
    Column("capability", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("amount_usd", Numeric(14, 6), nullable=False),
    Column("basis", Text, nullable=False, comment="actual, or the estimate where nobody knows."),
    _time("at"),
    ForeignKeyConstraint(
        ["call_key", "attempt_number"],
        [f"{SCHEMA}.provider_attempts.call_key", f"{SCHEMA}.provider_attempts.number"],
    ),
    one_of("basis", ("actual", "estimate")),
    Index(None, "call_key", "attempt_number"),
    Index(None, "story_id"),
    Index(None, "at"),
    comment="What providers cost: append-only, one row for each attempt that ended.",
)

evidence = Table(
    "evidence",
    metadata,
    Column("call_key", Text, primary_key=True),
    Column("attempt_number", Integer, primary_key=True, autoincrement=False),
    Column("story_id", Text, nullable=False),
    Column("capability", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("vendor", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("model_version", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("terms_url", Text, nullable=False),
    Column("request", JSONB, nullable=False, comment="Redacted."),
    Column("response_id", Text, nullable=False),
    Column("media_sha256", ARRAY(Text), nullable=False),
    _time("at"),
    ForeignKeyConstraint(
        ["call_key", "attempt_number"],
        [f"{SCHEMA}.provider_attempts.call_key", f"{SCHEMA}.provider_attempts.number"],
    ),
    Index(None, "story_id"),
    comment="Who made what, under which terms, for each call a provider answered.",
)


def _usd(name: str, *, nullable: bool = False) -> Column[object]:
    """US dollars to a millionth; zero to begin with, unless it may be unknown."""
    default = None if nullable else "0"
    return Column(name, Numeric(14, 6), nullable=nullable, server_default=default)


def _budgeted() -> list[SchemaItem]:
    """Whose money over which time; fresh constraints for each table."""
    return [
        one_of("scope", ("story", "channel", "provider", "all")),
        one_of("period", ("total", "day", "month")),
        CheckConstraint("soft_usd >= 0 AND hard_usd >= 0", name="limits"),
    ]


budgets = Table(
    "budgets",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("subject", Text, primary_key=True, comment="Whose; * for each without one of its own."),
    Column("period", Text, primary_key=True, comment="Days and months are of UTC."),
    _usd("soft_usd", nullable=True),
    _usd("hard_usd", nullable=True),
    Column("set_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    _time("set_at"),
    *_budgeted(),
    CheckConstraint("scope <> 'all' OR subject = '*'", name="subject"),
    CheckConstraint("soft_usd IS NOT NULL OR hard_usd IS NOT NULL", name="some_limit"),
    comment="How much may be spent: beyond soft_usd people are told, hard_usd is never passed.",
)

budget_windows = Table(
    "budget_windows",
    metadata,
    Column("window_id", BigInteger, Identity(), primary_key=True),
    Column("scope", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("period", Text, nullable=False),
    _time("starts_at"),
    _usd("soft_usd", nullable=True),
    _usd("hard_usd", nullable=True),
    _usd("reserved_usd"),
    _usd("spent_usd"),
    _usd("overrun_usd"),
    _time("alerted_at", nullable=True),
    *_budgeted(),
    CheckConstraint(
        "reserved_usd >= 0 AND spent_usd >= 0 AND overrun_usd >= 0", name="not_negative"
    ),
    CheckConstraint("reserved_usd + spent_usd <= hard_usd + overrun_usd", name="hard_limit"),
    Index(None, "scope", "subject", "period", "starts_at", unique=True),
    comment="A budget in one story, day or month. overrun_usd is by how much bills came out above "
    "what was set aside for them, or the limit was lowered below what was spent: no reservation "
    "may use it.",
)

provider_breakers = Table(
    "provider_breakers",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("failures", Integer, nullable=False, comment="In a row, since it last answered."),
    Column("openings", Integer, nullable=False, comment="In a row, since it last answered."),
    Column("cause", Text, nullable=False),
    Column("reason", Text, nullable=False),
    _time("retry_at", nullable=True),
    _time("updated_at"),
    one_of("state", ("closed", "open", "half-open")),
    one_of("cause", ("", "failures", "out of service", "budget")),
    CheckConstraint("(state = 'closed') = (cause = '')", name="cause_of_opening"),
    comment="Providers that failed lately. open: not asked before retry_at (NULL: until a person "
    "decides); half-open: one call tries it, and until retry_at no other does.",
)

account_rates = Table(
    "account_rates",
    metadata,
    Column("account", Text, primary_key=True),
    _time("next_at"),
    comment="When the next call of an account would be due if its calls came evenly.",
    prefixes=["UNLOGGED"],  # a crash ends all calls, and nobody waits for the disk
)

account_slots = Table(
    "account_slots",
    metadata,
    Column("account", Text, primary_key=True),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("token", Text, nullable=False),
    _time("lease_until"),
    comment="Calls under way on an account that allows only so many at once.",
    prefixes=["UNLOGGED"],
)
