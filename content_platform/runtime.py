"""The platform's parts, put together once: what the command line and Dagster both work with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from content_platform.clock import Clock, utc_now
from content_platform.governance.audit import AuditLog
from content_platform.providers.models import Provider
from content_platform.providers.pipeline import Pipeline
from content_platform.settings import Settings
from content_platform.steering.configs import ChannelConfigs
from content_platform.storage.database import Database, open_database
from content_platform.storage.media import MediaStore, open_media_store
from content_platform.storage.records import RecordStore
from content_platform.stories.register import StoryRegister


@dataclass(frozen=True)
class Runtime:
    """Everything durable and every provider, opened from one ``Settings``."""

    settings: Settings
    clock: Clock
    database: Database
    records: RecordStore
    media: MediaStore
    configs: ChannelConfigs
    register: StoryRegister
    pipeline: Pipeline


def embedded_providers(settings: Settings, media: MediaStore) -> list[Provider]:
    """The engines that need no key and no network. Their models load at first use."""
    from content_platform.imagery.adapters.illustrator import Illustrator
    from content_platform.moderation.adapters.house_rules import HouseRulesModerator
    from content_platform.music.adapters.composer import Composer
    from content_platform.music.adapters.library import MusicLibrary
    from content_platform.narration.adapters.espeak import Espeak
    from content_platform.narration.adapters.kokoro import Kokoro
    from content_platform.narration.adapters.pico import Pico
    from content_platform.narration.adapters.whisper import Whisper
    from content_platform.stories.adapters.plot_kernels import PlotKernels

    return [
        PlotKernels(),
        HouseRulesModerator(),
        Kokoro(),
        Pico(),
        Espeak(),
        Whisper(media),
        Illustrator(workers=settings.workers),
        Composer(),
        MusicLibrary(),
    ]


@contextmanager
def open_runtime(settings: Settings, *, clock: Clock = utc_now) -> Iterator[Runtime]:
    """Open database, media store and providers; close them when the block ends.

    Raises StorageUnavailable when the database or the media store cannot be used.
    """
    database = open_database(settings)
    try:
        records = RecordStore(database)
        media = open_media_store(settings)
        configs = ChannelConfigs(database, clock, audit=AuditLog(database, clock).record)
        configs.add_sample_channels()
        with closing(
            Pipeline(
                database,
                media,
                embedded_providers(settings, media),
                clock=clock,
                scratch_dir=settings.scratch_dir,
            )
        ) as pipeline:
            yield Runtime(
                settings=settings,
                clock=clock,
                database=database,
                records=records,
                media=media,
                configs=configs,
                register=StoryRegister(database, clock),
                pipeline=pipeline,
            )
    finally:
        database.close()
