"""The platform's parts, put together once: what the command line and Dagster both work with.

A part is imported when it is first asked for, so that a command starts without the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from content_platform.clock import Clock, utc_now
from content_platform.errors import NotFound
from content_platform.governance.audit import AuditLog
from content_platform.hosted import hosted_providers
from content_platform.providers.budgets import Budgets
from content_platform.providers.catalogue import catalogue_of
from content_platform.providers.models import Provider
from content_platform.providers.pipeline import Pipeline
from content_platform.providers.reservations import BudgetUse, shown
from content_platform.security.secrets import open_secrets
from content_platform.settings import Settings
from content_platform.steering.configs import ChannelConfigs
from content_platform.storage.database import Database, open_database
from content_platform.storage.media import MediaStore, open_media_store
from content_platform.storage.records import RecordStore
from content_platform.stories.models import Brief
from content_platform.stories.register import StoryRegister
from content_platform.telemetry.notifications import notify
from content_platform.vocabulary import Platform, StoryId

if TYPE_CHECKING:
    from content_platform.metrics.models import MetricsSource
    from content_platform.metrics.warehouse import Warehouse
    from content_platform.moderation.regeneration import Regeneration
    from content_platform.moderation.review import ReviewQueue
    from content_platform.planning.calendar import ContentCalendar
    from content_platform.planning.series import SeriesMemory
    from content_platform.planning.variation import Variation
    from content_platform.publishing.sandbox.service import SandboxService
    from content_platform.publishing.uploads import Uploads
    from content_platform.steering.experiments import Experiments
    from content_platform.steering.optimizer import Optimizer


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
    audit: AuditLog

    def brief(self, story_id: str) -> Brief:
        """The story's frozen brief. Raises NotFound before it has one."""
        return self.records.load_one(Brief, story_id)

    @cached_property
    def budgets(self) -> Budgets:
        return Budgets(self.database, self.clock, audit=self.audit.record)

    @cached_property
    def calendar(self) -> ContentCalendar:
        from content_platform.planning.calendar import ContentCalendar

        return ContentCalendar(self.database, self.clock)

    @cached_property
    def variation(self) -> Variation:
        from content_platform.planning.variation import Variation

        return Variation(self.database, self.clock)

    @cached_property
    def series_memory(self) -> SeriesMemory:
        from content_platform.planning.series import SeriesMemory

        return SeriesMemory(self.database, self.clock)

    @cached_property
    def reviews(self) -> ReviewQueue:
        from content_platform.moderation.review import ReviewQueue

        return ReviewQueue(self.database, self.clock, self.audit, self.register)

    @cached_property
    def regeneration(self) -> Regeneration:
        from content_platform.moderation.regeneration import Regeneration

        return Regeneration(self.database, self.audit, self.register, self.reviews)

    @cached_property
    def sandbox(self) -> SandboxService:
        """The pretend company. Only its adapters and the commands that play it may ask it anything."""
        from content_platform.publishing.sandbox.service import SandboxService

        return SandboxService(
            self.database,
            self.media,
            self.clock,
            self.settings.sandbox_seed,
            site=self.settings.media_server_url,
        )

    @cached_property
    def uploads(self) -> Uploads:
        from content_platform.publishing.adapters.sandbox import SandboxPlatform
        from content_platform.publishing.uploads import Uploads

        platforms = {Platform.SANDBOX: SandboxPlatform(self.sandbox)}
        return Uploads(self.database, platforms, clock=self.clock)

    @cached_property
    def metrics_sources(self) -> dict[Platform, MetricsSource]:
        from content_platform.metrics.adapters.sandbox import SandboxMetrics

        return {Platform.SANDBOX: SandboxMetrics(self.sandbox)}

    @cached_property
    def experiments(self) -> Experiments:
        from content_platform.steering.experiments import Experiments

        return Experiments(self.database, self.configs, self.clock)

    @cached_property
    def optimizer(self) -> Optimizer:
        from content_platform.steering.optimizer import Optimizer

        return Optimizer(self.database, self.configs, self.experiments, self.clock)

    @cached_property
    def warehouse(self) -> Warehouse:
        from content_platform.metrics.warehouse import Warehouse

        return Warehouse(self.settings, self.database)


def embedded_providers(settings: Settings, media: MediaStore) -> list[Provider]:
    """The engines that need no key and no network. Their models load at first use."""
    from content_platform.imagery.adapters.illustrator import Illustrator
    from content_platform.moderation.adapters.house_rules import HouseRulesModerator
    from content_platform.moderation.adapters.picture_safety import PictureSafety
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
        PictureSafety(media),
        Kokoro(),
        Pico(),
        Espeak(),
        Whisper(media),
        Illustrator(workers=settings.workers),
        Composer(),
        MusicLibrary(),
    ]


@contextmanager
def open_runtime(
    settings: Settings, *, clock: Clock = utc_now, hosted: bool = True
) -> Iterator[Runtime]:
    """Open database, media store and providers; close them when the block ends.

    Without ``hosted`` only embedded engines are asked: a simulation must cost nothing. Raises
    StorageUnavailable when the database or the media store cannot be used.
    """
    database = open_database(settings)
    try:
        media = open_media_store(settings)
        audit = AuditLog(database, clock)
        configs = ChannelConfigs(database, clock, audit=audit.record)
        configs.add_sample_channels()
        secrets = open_secrets(settings)

        def providers() -> list[Provider]:
            embedded = embedded_providers(settings, media)
            if not hosted:
                return embedded
            catalogue = catalogue_of(settings)
            return [*embedded, *hosted_providers(catalogue, secrets, clock=clock, media=media)]

        def story_budget(story_id: str) -> Decimal | None:
            """What the story's channel, as it is configured now, lets a story cost."""
            try:
                return configs.current(StoryId.parse(story_id).channel).config.story_budget_usd
            except (ValueError, NotFound):
                return None

        def alert(use: BudgetUse) -> None:
            limit = f"its soft limit is {shown(use.soft_usd or Decimal(0))}"
            if use.hard_usd is not None:
                limit += f", its hard limit {shown(use.hard_usd)}"
            spent = f"{shown(use.spent_usd)} is spent; {limit}."
            notify(settings, f"Budget of {use.name}", spent, level="warning")

        with closing(
            Pipeline(
                database,
                media,
                providers,
                clock=clock,
                scratch_dir=settings.scratch_dir,
                secrets=secrets,
                story_budget=story_budget,
                alert=alert,
            )
        ) as pipeline:
            yield Runtime(
                settings=settings,
                clock=clock,
                database=database,
                records=RecordStore(database),
                media=media,
                configs=configs,
                register=StoryRegister(database, clock),
                pipeline=pipeline,
                audit=audit,
            )
    finally:
        database.close()
