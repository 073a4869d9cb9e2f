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
    CheckConstraint,
    Column,
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
)
from sqlalchemy.dialects.postgresql import JSONB

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
    one_of("status", ("planned", "running", "finished", "rejected", "deferred", "failed")),
    Index(None, "channel", "request_sha256"),
    Index(None, "created_at"),
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
    ForeignKeyConstraint(
        ["channel", "config_version"],
        [f"{SCHEMA}.config_versions.channel", f"{SCHEMA}.config_versions.version"],
    ),
    one_of("genre", Genre),
    one_of("style", ArtStyle),
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
    Column("written_by", Text, nullable=False),
    one_of("genre", Genre),
)

verdicts = Table(
    "verdicts",
    metadata,
    _story_key(),
    Column("locale", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("decision", Text, nullable=False),
    Column("findings", JSONB, nullable=False),
    Column("provider", Text, nullable=False),
    one_of("subject", ("text",)),
    one_of("decision", ("allow", "review", "block")),
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

# ---------------------------------------------------------------------------------------------
# The provider pipeline: media_assets, provider_calls, provider_attempts, cost_entries, evidence
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
    one_of("status", ("started", "succeeded", "failed", "abandoned", "ambiguous")),
    comment="Each time a provider was asked. abandoned: its worker died; ambiguous: and nobody "
    "knows whether the provider did it.",
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
    Index(None, "story_id"),
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
