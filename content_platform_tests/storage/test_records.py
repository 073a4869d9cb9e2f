"""Records come back as they went in, and a story's rows change all together or not at all."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import EnumType
from importlib import import_module
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError
from sqlalchemy import CheckConstraint, Numeric, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from content_platform.captions.models import CaptionTrack
from content_platform.errors import BadInput, DefectiveMedia, NotFound
from content_platform.imagery.models import FocalPoint, SceneImage
from content_platform.metrics.models import MetricSnapshot
from content_platform.moderation.models import Decision, Finding, Verdict
from content_platform.publishing.models import Upload
from content_platform.steering.models import (
    Arm,
    Assignment,
    ChannelConfig,
    ConfigVersion,
    Experiment,
    NarrationConfig,
)
from content_platform.storage.database import Database
from content_platform.storage.models import MediaRef, Model, Record
from content_platform.storage.records import RecordStore
from content_platform.storage.tables import SCHEMA, metadata
from content_platform.stories.models import Brief, StoryRequest, StoryRow, StoryStatus
from content_platform.video.models import FinishedStory, Video
from content_platform.vocabulary import Format

ROOMS = [
    "captions",
    "governance",
    "imagery",
    "metrics",
    "moderation",
    "music",
    "narration",
    "planning",
    "publishing",
    "steering",
    "stories",
    "video",
]
STORY = "midnight-tales_20261122_0001"
OTHER = "midnight-tales_20261122_0002"
NOW = datetime(2026, 11, 22, 12, 30, 15, 123456, tzinfo=UTC)


def record_types() -> list[type[Record]]:
    """Every record class of every room."""
    for room in ROOMS:
        import_module(f"content_platform.{room}.models")

    def below(parent: type[Record]) -> Iterator[type[Record]]:
        for child in parent.__subclasses__():
            yield child
            yield from below(child)

    return sorted(
        {kind for kind in below(Record) if kind.__module__.startswith("content_platform.")},
        key=lambda kind: kind.table,
    )


RECORD_TYPES = record_types()


def a_story(story_id: str = STORY, **changes: Any) -> StoryRow:
    values: dict[str, Any] = {
        "story_id": story_id,
        "channel": "midnight-tales",
        "request": StoryRequest(channel="midnight-tales", seed=7),
        "request_sha256": "ab" * 32,
        "status": StoryStatus.PLANNED,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return StoryRow(**values | changes)


def an_image(scene: int, shape: Format = Format.LANDSCAPE, story_id: str = STORY) -> SceneImage:
    return SceneImage(
        story_id=story_id,
        format=shape,
        scene=scene,
        picture=MediaRef(sha256="ab" * 32, size_bytes=2**40, mime="image/png"),
        compressed={},
        focal_point=FocalPoint(x=0.25, y=1 / 3),
        alt_text="A lamp — “lit”, 灯 🏮",
        provider="storybook",
    )


def a_verdict(story_id: str = STORY, **changes: Any) -> Verdict:
    values: dict[str, Any] = {
        "story_id": story_id,
        "subject_sha256": "ab" * 32,
        "policy_version": "abc",
        "locale": "en",
        "subject": "text",
        "decision": Decision.ALLOW,
        "findings": (Finding(category="spam", score=0.1, rule="r", evidence="e"),),
        "provider": "house-rules",
    }
    return Verdict(**values | changes)


@pytest.fixture
def story(records: RecordStore) -> StoryRow:
    row = a_story()
    records.put(row)
    return row


# Tables and records say the same


def optional(annotation: Any) -> bool:
    return get_origin(annotation) in {Union, UnionType} and type(None) in get_args(annotation)


@pytest.mark.parametrize("kind", RECORD_TYPES, ids=lambda kind: kind.table)
def test_a_table_has_the_records_fields_key_and_optional_columns(kind: type[Record]) -> None:
    table = metadata.tables[f"{SCHEMA}.{kind.table}"]
    assert set(table.c.keys()) == set(kind.model_fields)
    assert tuple(column.name for column in table.primary_key) == kind.key
    nullable = {column.name for column in table.c if column.nullable}
    assert nullable == {n for n, f in kind.model_fields.items() if optional(f.annotation)}


@pytest.mark.parametrize("kind", RECORD_TYPES, ids=lambda kind: kind.table)
def test_columns_have_the_type_of_their_field(kind: type[Record]) -> None:
    table = metadata.tables[f"{SCHEMA}.{kind.table}"]
    for name, field in kind.model_fields.items():
        plain = next(
            (a for a in get_args(field.annotation) if a is not type(None)), field.annotation
        ) if optional(field.annotation) else field.annotation  # fmt: skip
        nested = get_origin(plain) in {tuple, dict} or (
            inspect.isclass(plain) and issubclass(plain, Model)
        )
        assert isinstance(table.c[name].type, JSONB) == nested, name
        if not nested and isinstance(plain, type):
            expected = str if issubclass(plain, str) else plain
            column_type = table.c[name].type
            assert isinstance(column_type, Numeric) if plain is Decimal else True
            assert column_type.python_type is expected, name


@pytest.mark.parametrize("kind", RECORD_TYPES, ids=lambda kind: kind.table)
def test_a_check_allows_exactly_the_words_of_its_enum(kind: type[Record]) -> None:
    table: Table = metadata.tables[f"{SCHEMA}.{kind.table}"]
    checks = {
        str(check.name): str(check.sqltext)
        for check in table.constraints
        if isinstance(check, CheckConstraint) and " IN " in str(check.sqltext)
    }
    enums = {n: f.annotation for n, f in kind.model_fields.items()}
    words = {
        name: {str(word.value) for word in kind_of}
        for name, kind_of in enums.items()
        if isinstance(kind_of, EnumType)
    }
    for name, allowed in words.items():
        check = next(text for text in checks.values() if text.startswith(f"{name} IN "))
        assert set(check.split("'")[1::2]) == allowed


# A record comes back as it was


def storable(kind: type[Record]) -> Any:
    """Random valid records of this type for one story, without what no database can hold."""
    words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
    money = st.decimals(0, 1000, places=6)
    plain = {
        str: words,
        float: st.floats(0, 1e6),
        datetime: st.datetimes(timezones=st.just(UTC)),
        Decimal: money,
    }
    return _instances(kind, plain)


def _instances(kind: type[Model], plain: dict[type, st.SearchStrategy[Any]]) -> Any:
    fields = {name: _values(kind, name, plain) for name in kind.model_fields}

    def build(values: dict[str, Any]) -> Model | None:
        try:
            return kind(**values)
        except ValidationError:
            return None

    return st.fixed_dictionaries(fields).map(build).filter(lambda made: made is not None)


SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "story_id": st.just(STORY),
    "channel": st.sampled_from(["midnight-tales", "a"]),
    "locale": st.sampled_from(["en", "pt-BR", "ja"]),
    "locales": st.just(("en", "de")),
    "voices": st.just({"en": "Mara", "pt-BR": "Zoë"}),
    "sha256": st.text("0123456789abcdef", min_size=64, max_size=64),
    "accent": st.just("#a0B1c2"),
    "hashtags": st.just(("night", "夜")),
    "target_seconds": st.floats(15, 600),
    "max_seconds": st.none() | st.floats(15, 600),
    "script_locale": st.none() | st.just("en"),
    "speed": st.floats(0.7, 1.4),
    "pause_between_scenes_s": st.floats(0.1, 2),
    "level_db": st.floats(-40, -6),
    "config_version": st.just(1),
    "parent": st.none() | st.integers(1, 9),
    "version": st.integers(1, 2**31 - 1),
    "seed": st.integers(0, 2**31 - 1),
    "experiment_id": st.from_regex(r"[a-z0-9][a-z0-9_-]{0,9}", fullmatch=True),
    "name": st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True),
    "share": st.floats(0.1, 1),
    "alpha": st.floats(0.01, 0.4),
    "decided_at": st.none() | st.just(NOW),
    "episode": st.integers(1, 99),
    "series": st.just("a-series"),
    "publish_at": st.none() | st.just(NOW),
    "hypothesis": st.just("slower is better"),
    "min_per_arm": st.integers(2, 9),
    "max_per_arm": st.integers(9, 99),
    "retention": st.none() | st.just((1.0, 0.5)),
    "index": st.integers(0, 99),
    "x": st.floats(0, 1),
    "y": st.floats(0, 1),
    "score": st.floats(0, 1),
    "size_bytes": st.integers(0, 2**60),
    "theme": st.text("ab 'é\"\\%😀", min_size=3, max_size=20),
    "title": st.text("ab 'é\"\\%😀\n", min_size=1, max_size=20),
    "config": st.builds(
        lambda title, lexicon: ChannelConfig(
            channel="midnight-tales",
            title=title,
            genres=("mystery",),
            themes=("a", "b"),
            narration=NarrationConfig(voices={"en": "Mara"}, lexicon=lexicon),
        ),
        st.text("abcé", min_size=1, max_size=8),
        st.dictionaries(
            st.text("xyz", min_size=1, max_size=4),
            st.text("xyz", min_size=1, max_size=4),
            max_size=3,
        ),
    ),
}


def _values(kind: type[Model], name: str, plain: dict[type, st.SearchStrategy[Any]]) -> Any:
    if name in SPECIAL:
        return SPECIAL[name]
    return _of(kind.model_fields[name].annotation, plain)


def _of(annotation: Any, plain: dict[type, st.SearchStrategy[Any]]) -> Any:
    origin, inside = get_origin(annotation), get_args(annotation)
    if annotation in plain:
        return plain[annotation]
    if annotation is int:
        return st.integers(0, 2**31 - 1)
    if annotation is bool:
        return st.booleans()
    if annotation is type(None):
        return st.none()
    if annotation is JsonValue:
        return st.none() | st.booleans() | st.integers(-9, 9) | st.text("aé", max_size=3)
    if annotation is date:
        return st.dates()
    if origin in {Union, UnionType}:
        return st.one_of(*(_of(part, plain) for part in inside))
    if origin is tuple and inside[-1] is Ellipsis:
        return st.lists(_of(inside[0], plain), min_size=1, max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*(_of(part, plain) for part in inside))
    if origin is dict:
        return st.dictionaries(_of(inside[0], plain), _of(inside[1], plain), max_size=2)
    if str(origin) == "typing.Literal":
        return st.sampled_from(inside)
    if isinstance(annotation, EnumType):
        return st.sampled_from(list(annotation))
    if inspect.isclass(annotation) and issubclass(annotation, Model):
        return _instances(annotation, plain)
    if origin is not None and str(origin) == "typing.Annotated":
        return _of(inside[0], plain)
    raise AssertionError(f"no strategy for {annotation}")


@pytest.mark.parametrize("kind", RECORD_TYPES, ids=lambda kind: kind.table)
def test_every_record_comes_back_as_it_was(kind: type[Record], records: RecordStore) -> None:
    records.put(a_story())
    if kind is Brief:
        for channel in ("midnight-tales", "a"):
            records.put(a_config(channel))

    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(storable(kind))
    def comes_back(record: Record) -> None:
        known = {name: getattr(record, name) for name in kind.key}
        assume(not kind.append_only or not records.find(kind, **known))
        for parent in parents_of(record):
            records.put(parent)
        records.put(record)
        again = records.find(kind, **{name: getattr(record, name) for name in kind.key})
        assert again == [record]

    comes_back()


def parents_of(record: Record) -> list[Record]:
    """What a row refers to beside its story and its config."""
    if isinstance(record, Assignment):
        return [an_experiment(record.experiment_id)]
    if isinstance(record, MetricSnapshot):
        return [an_upload(record)]
    return []


def an_experiment(experiment_id: str) -> Experiment:
    return Experiment(
        experiment_id=experiment_id,
        channel="a",
        hypothesis="slower is better",
        arms=(Arm(name="as-is"), Arm(name="slow", changes={"narration.speed": 0.9})),
        author="a person",
        started_at=NOW,
    )


def an_upload(of: MetricSnapshot) -> Upload:
    return Upload(
        story_id=of.story_id,
        platform=of.platform,
        locale=of.locale,
        format=of.format,
        channel="a",
        account="a",
        video_sha256=None,
        metadata_sha256="",
        idempotency_key=f"{of.platform} {of.locale} {of.format}",
        planned_at=NOW,
        updated_at=NOW,
    )


def a_config(channel: str = "midnight-tales", version: int = 1) -> ConfigVersion:
    return ConfigVersion(
        channel=channel,
        version=version,
        author="a person",
        reason="first",
        config=ChannelConfig(
            channel=channel,
            title="Midnight Tales",
            genres=("mystery",),
            themes=("a lamp",),
            narration=NarrationConfig(voices={"en": "Mara"}),
        ),
        created_at=NOW,
    )


def test_money_keeps_its_digits_and_times_their_microseconds(
    records: RecordStore, story: StoryRow
) -> None:
    finished = FinishedStory(
        story_id=STORY,
        title="The Lamp",
        videos=3,
        thumbnails=3,
        duration_s=44.966,
        cost_usd=Decimal("0.1230"),
        ready_at=NOW + timedelta(microseconds=1),
    )
    records.put(finished)
    again = records.load_one(FinishedStory, STORY)
    assert again == finished
    assert str(again.cost_usd) == "0.1230"
    assert again.ready_at.utcoffset() == timedelta(0)


# A story's rows change all together


def test_a_new_run_replaces_rows_and_removes_stale_ones(
    records: RecordStore, story: StoryRow
) -> None:
    records.put(a_story(OTHER))
    records.replace(SceneImage, OTHER, [an_image(0, story_id=OTHER)])
    records.replace(SceneImage, STORY, [an_image(n) for n in (2, 0, 1)])
    changed = an_image(1).model_copy(update={"alt_text": "changed"})
    records.replace(SceneImage, STORY, [changed, an_image(0, Format.SQUARE)])
    assert records.load(SceneImage, STORY) == [changed, an_image(0, Format.SQUARE)]
    assert len(records.load(SceneImage, OTHER)) == 1
    records.replace(SceneImage, STORY, [])
    assert records.load(SceneImage, STORY) == []


def test_records_are_ordered_by_key_with_numbers_as_numbers(
    records: RecordStore, story: StoryRow
) -> None:
    records.replace(SceneImage, STORY, [an_image(n) for n in (10, 2, 0)])
    assert [image.scene for image in records.load(SceneImage, STORY)] == [0, 2, 10]


def test_a_record_of_another_story_spoils_all_and_nothing_is_written(
    records: RecordStore, story: StoryRow
) -> None:
    records.put(a_story(OTHER))
    records.replace(SceneImage, STORY, [an_image(5)])
    with pytest.raises(BadInput, match=f"{OTHER}.*among the records of story {STORY}"):
        records.replace(SceneImage, STORY, [an_image(0), an_image(1, story_id=OTHER)])
    assert [image.scene for image in records.load(SceneImage, STORY)] == [5]
    assert records.load(SceneImage, OTHER) == []


def test_a_row_the_database_refuses_leaves_the_old_ones(
    records: RecordStore, story: StoryRow
) -> None:
    records.replace(SceneImage, STORY, [an_image(5)])
    too_big = an_image(1).model_copy(update={"scene": 2**40})
    with pytest.raises(BadInput, match="SceneImage"):
        records.replace(SceneImage, STORY, [an_image(0), too_big])
    assert [image.scene for image in records.load(SceneImage, STORY)] == [5]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"provider": "a\0b"}, "provider holds a NUL character"),
        ({"provider": "\ud83d"}, "provider holds half a surrogate pair"),
        (
            {"findings": (Finding(category="spam", score=0, rule="\0", evidence=""),)},
            "findings holds a NUL",
        ),
    ],
)
def test_what_cannot_be_stored_is_refused_with_the_fields_name(
    records: RecordStore, story: StoryRow, change: dict[str, Any], why: str
) -> None:
    with pytest.raises(BadInput, match=why):
        records.put(a_verdict(**change))


def test_a_number_that_is_none_and_a_time_without_zone_are_refused(
    records: RecordStore, story: StoryRow
) -> None:
    with pytest.raises(BadInput, match="created_at has no time zone"):
        records.put(a_story(OTHER, created_at=datetime(2026, 1, 1)))  # noqa: DTZ001
    image = an_image(0).model_copy(
        update={"focal_point": FocalPoint.model_construct(x=float("nan"), y=0)}
    )
    with pytest.raises(BadInput, match="focal_point holds the number nan"):
        records.put(image)


def test_two_records_with_one_key_are_refused(records: RecordStore, story: StoryRow) -> None:
    with pytest.raises(BadInput, match="Two SceneImage records"):
        records.replace(SceneImage, STORY, [an_image(0), an_image(0)])


def test_records_of_another_type_are_refused(records: RecordStore, story: StoryRow) -> None:
    with pytest.raises(BadInput, match="A Verdict is among the SceneImage records"):
        records.replace(SceneImage, STORY, [a_verdict()])  # type: ignore[list-item]


def test_a_record_needs_its_story(records: RecordStore) -> None:
    with pytest.raises(NotFound, match="nobody_20261122_0001"):
        records.put(a_verdict("nobody_20261122_0001"))
    with pytest.raises(NotFound, match="nobody_20261122_0001 is not registered"):
        records.replace(SceneImage, "nobody_20261122_0001", [])


def test_what_is_missing_is_named(records: RecordStore, story: StoryRow) -> None:
    with pytest.raises(NotFound, match=f"Story {STORY} has no Brief"):
        records.load_one(Brief, STORY)
    assert records.load(Video, STORY) == []


def test_one_record_is_not_picked_out_of_several(records: RecordStore, story: StoryRow) -> None:
    records.replace(SceneImage, STORY, [an_image(0), an_image(1)])
    with pytest.raises(BadInput, match="2 SceneImage records"):
        records.load_one(SceneImage, STORY)


def test_records_are_found_by_column(records: RecordStore, story: StoryRow) -> None:
    records.put(a_config(version=10))
    records.put(a_config(version=2))
    records.put(a_config("other"))
    found = records.find(ConfigVersion, channel="midnight-tales")
    assert [version.version for version in found] == [2, 10]
    with pytest.raises(BadInput, match="no column 'colour'"):
        records.find(ConfigVersion, colour="red")


def test_putting_again_updates_the_row(records: RecordStore, story: StoryRow) -> None:
    records.put(a_verdict())
    records.put(a_verdict(decision=Decision.BLOCK))
    assert records.load_one(Verdict, STORY).decision is Decision.BLOCK


def test_a_row_that_no_longer_fits_its_class_is_named(
    records: RecordStore, story: StoryRow, database: Database
) -> None:
    records.put(CaptionTrack(story_id=STORY, locale="en", cues=(), files={}, inputs_sha256=""))
    with database.transaction() as connection:
        connection.execute(text("""UPDATE content.caption_tracks SET files = '{"srt": 3}'"""))
    with pytest.raises(DefectiveMedia, match=rf"The row \({STORY}, en\) of content.caption_tracks"):
        records.load(CaptionTrack, STORY)
