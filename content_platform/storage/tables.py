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
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
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

# ---------------------------------------------------------------------------------------------
# The provider pipeline: media_assets, provider_calls, provider_attempts, cost_entries, evidence
# ---------------------------------------------------------------------------------------------
