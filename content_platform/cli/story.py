"""``content-platform story make|list|show|open|retry``."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from content_platform.errors import BadInput, ContentPlatformError, NotFound, wrong_values
from content_platform.planning.batch import MAX_STORIES, order, read_batch, several
from content_platform.planning.hot_window import require_room
from content_platform.providers.models import StoryCost
from content_platform.providers.reservations import shown, shown_alike
from content_platform.runtime import Runtime, open_runtime
from content_platform.settings import Settings
from content_platform.stories.hold import hold_story
from content_platform.stories.models import StoryRequest, StoryRow, StoryStatus
from content_platform.vocabulary import ArtStyle, Format, Genre

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False)
OPTIONS = {
    "channel": "--channel",
    "theme": "--theme",
    "locales": "--locale",
    "formats": "--format",
    "target_seconds": "--seconds",
    "max_seconds": "--max-seconds",
    "seed": "--seed",
    "picture_types": "--picture-type",
    "audio_types": "--audio-type",
    "series": "--series",
}
"""What people call a request's field."""
CHANNEL = "midnight-tales"
NOT_BESIDE_FILE = {
    "theme", "genre", "locales", "formats", "target_seconds", "max_seconds", "voice", "style",
    "picture_types", "audio_types", "series",
}  # fmt: skip
STORY_WIDTH = 28
"""Columns a table keeps for a story's key: people copy it, so it is never cut."""
STATUS_COLOURS = {
    StoryStatus.FINISHED: "green",
    StoryStatus.FAILED: "red",
    StoryStatus.REJECTED: "yellow",
    StoryStatus.DEFERRED: "yellow",
}


@app.command()
def make(
    channel: Annotated[
        str | None, typer.Option(help=f"Which channel it is for: {CHANNEL} by default.")
    ] = None,
    theme: Annotated[str | None, typer.Option(help="What it is about, in a few words.")] = None,
    genre: Annotated[Genre | None, typer.Option(help="One of the channel's by default.")] = None,
    script: Annotated[
        Path | None, typer.Option(help="Your own text (.txt or .md) instead of a written one.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(help="Length to aim for.")] = None,
    max_seconds: Annotated[
        float | None, typer.Option(help="Trim the videos to this length, at a sentence's end.")
    ] = None,
    locale: Annotated[
        list[str] | None, typer.Option(help="Language; repeat for several. The first is original.")
    ] = None,
    shape: Annotated[
        list[Format] | None, typer.Option("--format", help="16x9, 9x16, 1x1; repeat for several.")
    ] = None,
    voice: Annotated[str | None, typer.Option(help="See `content-platform voices`.")] = None,
    style: Annotated[ArtStyle | None, typer.Option(help="How the pictures look.")] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed and wishes give the same story.")
    ] = None,
    picture_type: Annotated[
        list[str] | None, typer.Option(help="Also keep pictures as jpeg, webp or avif.")
    ] = None,
    audio_type: Annotated[
        list[str] | None, typer.Option(help="Also keep the narration as mp3, aac or opus.")
    ] = None,
    series: Annotated[
        str | None, typer.Option(help="Make it the next episode of this series of the channel.")
    ] = None,
    media: Annotated[
        Path | None,
        typer.Option(
            "--media",
            metavar="DIR",
            help="Show your own pictures and clips from this folder; 3-pier.jpg is for scene 3.",
        ),
    ] = None,
    no_media: Annotated[
        bool,
        typer.Option("--no-media", help="No picture, sound or video: a rehearsal in words only."),
    ] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="Also publish it once it is finished and cleared.")
    ] = False,
    count: Annotated[
        int | None, typer.Option(min=1, max=MAX_STORIES, help="Queue so many, each its own seed.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="Queue the stories of a CSV file, a brief on each line.")
    ] = None,
    queue: Annotated[
        bool, typer.Option("--queue", help="Leave it to the daemon instead of waiting for it.")
    ] = False,
    new: Annotated[
        bool,
        typer.Option("--new", help="A new story, also where the same one was asked for before."),
    ] = False,
) -> None:
    """Make one story, from a brief to finished videos. Same wishes and seed: the same story.

    With --count or --file many: they are queued, and made by the daemon (`content-platform dev`).
    """
    wishes: dict[str, Any] = {
        "channel": channel or CHANNEL,
        "theme": theme,
        "genre": genre,
        "locales": tuple(locale) if locale else None,
        "formats": tuple(dict.fromkeys(shape)) if shape else None,
        "target_seconds": seconds,
        "max_seconds": max_seconds,
        "voice": voice,
        "style": style,
        "picture_types": tuple(dict.fromkeys(picture_type or ())),
        "audio_types": tuple(dict.fromkeys(audio_type or ())),
        "series": series,
        "media": not no_media,
        "publish": publish,
        "seed": seed if seed is not None else random.SystemRandom().randrange(2**31),
    }
    if media is not None and no_media:
        raise BadInput(
            "--media brings pictures and clips, --no-media makes a story without any.",
            remedy="Leave one of them out.",
        )
    if file is not None:
        given = [name for name, value in wishes.items() if value and name in NOT_BESIDE_FILE]
        given += ["media"] * (media is not None)
        if script is not None or count is not None or seed is not None or given:
            raise BadInput(
                "--file names the wishes of each story itself; beside it only --channel, "
                "--no-media, --publish and --new are possible.",
                remedy="Write the others into the file, or leave --file out.",
            )
        _order_file(file, channel, media=not no_media, publish=publish, new=new)
        return
    if script is not None:
        from content_platform.stories.script import read_script

        text = read_script(script)
        wishes |= {"script": text.text, "script_locale": text.locale}
        if text.title and theme is None:
            wishes["theme"] = text.title[:300]
    with open_runtime(Settings()) as runtime:
        if media is not None:
            from content_platform.imagery.own_media import take_in

            wishes["own_media"] = take_in(media, runtime.media)
        request = _request(wishes)
        _check(request, runtime)
        if count is not None:
            _order(several(request, count), runtime, new=new)
            return
        require_room(runtime.register.live_count())
        row = runtime.register.register(request, new=new, queued=queue)
        if queue:
            _say_queued([row], "")
        else:
            produce(runtime, row.story_id)


@app.command()
def retry(story_id: Annotated[str, typer.Argument(help="The story's key.")]) -> None:
    """Go on with a story that failed or was interrupted; finished work is kept."""
    with open_runtime(Settings()) as runtime:
        runtime.register.unarchive([story_id])
        produce(runtime, runtime.register.row(story_id).story_id)


@app.command("list")
def list_stories(
    channel: Annotated[str | None, typer.Option(help="Only this channel's.")] = None,
    status: Annotated[StoryStatus | None, typer.Option(help="Only with this status.")] = None,
    batch: Annotated[str | None, typer.Option(help="Only those ordered as this batch.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
) -> None:
    """The newest stories."""
    with open_runtime(Settings()) as runtime:
        rows = runtime.register.stories(channel, status, limit, batch=batch)
    if not rows:
        out.print("No stories yet. `content-platform story make` makes one.")
        return
    table = Table(
        Column("story", no_wrap=True, min_width=STORY_WIDTH),
        "status",
        "title",
        "made",
        box=None,
        pad_edge=False,
    )
    for row in rows:
        table.add_row(
            row.story_id, _coloured(row), escape(row.title), f"{row.updated_at:%Y-%m-%d %H:%M}"
        )
    out.print(table)


@app.command()
def show(story_id: Annotated[str, typer.Argument(help="The story's key.")]) -> None:
    """Everything about one story: status, text, files, cost."""
    from content_platform.stories.models import Story

    with open_runtime(Settings()) as runtime:
        row = runtime.register.row(story_id)
        out.print(f"[bold]{escape(row.title or row.story_id)}[/]  {row.story_id}  {_coloured(row)}")
        if row.error:
            out.print(row.error, style="red", markup=False)
        for story in runtime.records.load(Story, story_id):
            out.print(f"\n[dim]{story.locale}, {story.words} words, {story.written_by}[/]")
            for scene in story.scenes:
                out.print(f"  {scene.text}", markup=False)
        out.print()
        _print_files(runtime, story_id)
        _print_cost(runtime.pipeline.story_cost(story_id))


@app.command()
def archive(
    story_ids: Annotated[list[str], typer.Argument(help="Finished or rejected stories.")],
    back: Annotated[bool, typer.Option("--back", help="Bring archived ones back.")] = False,
) -> None:
    """Take stories out of the live window, or bring them back; nothing of them is deleted."""
    from content_platform.orchestration.instance import (
        open_instance,
        partitions_under_run,
        set_live,
    )

    with open_runtime(Settings()) as runtime, open_instance(runtime.settings) as instance:
        for story_id in story_ids:
            runtime.register.row(story_id)
        if back:
            changed = runtime.register.unarchive(story_ids)
        else:
            busy = partitions_under_run(instance)
            changed = runtime.register.archive([key for key in story_ids if key not in busy])
        set_live(instance, changed, live=back)
    left = sorted(set(story_ids) - set(changed))
    out.print(f"{len(changed)} {'live again' if back else 'archived'}.")
    if left:
        raise BadInput(
            f"Left as they are: {', '.join(left)}.",
            remedy="Only stories that are over, with no run, open review or upload, are archived.",
        )


@app.command("open")
def open_story(
    story_id: Annotated[str, typer.Argument(help="The story's key.")],
    shape: Annotated[
        Format | None, typer.Option("--format", help="Which one; the first by default.")
    ] = None,
) -> None:
    """Play a finished story's video."""
    from content_platform.video.delivery import deliver

    with open_runtime(Settings()) as runtime:
        runtime.register.row(story_id)
        files = deliver(story_id, records=runtime.records, media=runtime.media, folder=_folder())
    wanted = [file for file in files.videos if shape is None or shape.value in file.name]
    if not wanted:
        raise NotFound(
            f"{story_id} has no finished video{f' in {shape}' if shape else ''}.",
            remedy=f"Make it: content-platform story retry {story_id}",
        )
    out.print(str(wanted[0]), soft_wrap=True)
    player = shutil.which("xdg-open") or shutil.which("open")
    if player and sys.stdout.isatty():
        subprocess.Popen([player, str(wanted[0])])


def _order_file(file: Path, channel: str | None, *, media: bool, publish: bool, new: bool) -> None:
    defaults = {"media": "yes" if media else "no", "publish": "yes" if publish else "no"}
    if channel is not None:
        defaults["channel"] = channel
    with open_runtime(Settings()) as runtime:
        requests = read_batch(
            file, defaults=defaults, check=lambda request: _check(request, runtime)
        )
        _order(requests, runtime, new=new)


def _order(requests: list[StoryRequest], runtime: Runtime, *, new: bool) -> None:
    require_room(runtime.register.live_count(), len(requests))
    batch, rows = order(requests, register=runtime.register, clock=runtime.clock, new=new)
    _say_queued(rows, batch)


def _say_queued(rows: list[StoryRow], batch: str) -> None:
    """Tell what waits now, what was there before, and how to watch."""
    waiting = [row for row in rows if row.queued and row.batch in (batch or None, None)]
    if waiting:
        out.print(
            f"{len(waiting)} {'story is' if len(waiting) == 1 else 'stories are'} queued"
            f"{f' as batch {batch}' * bool(batch)}. The daemon makes them: "
            "`content-platform dev` (or `make dev`) must run.",
            soft_wrap=True,
        )
    if before := len(rows) - len(waiting):
        out.print(
            f"{before} {'was' if before == 1 else 'were'} asked for before: left as they are."
        )
    watched = f" --batch {batch}" if batch and waiting else ""
    out.print(
        f"Watch them with: content-platform story list{watched} --limit {max(20, len(rows))}",
        soft_wrap=True,
    )


def _request(wishes: dict[str, Any]) -> StoryRequest:
    try:
        return StoryRequest.model_validate(wishes)
    except ValidationError as error:
        raise BadInput(
            "\n  ".join(wrong_values(error, OPTIONS)),
            remedy="`content-platform story make --help` tells what is possible.",
        ) from error


def _check(request: StoryRequest, runtime: Runtime) -> None:
    """Refuse what cannot be made before anything is written."""
    from content_platform.narration.speech import words_for_brief
    from content_platform.narration.voices import choose_voice
    from content_platform.planning.commission import open_version
    from content_platform.planning.series import series_named
    from content_platform.stories.brief import check_tellable, resolve_brief

    version = open_version(runtime.configs, request.channel)
    if request.series is not None:
        series_named(version.config, request.series)
    brief = resolve_brief("", request, version.config, config_version=version.version)
    for locale in brief.locales:
        choose_voice(brief.config.narration, locale, brief.voice)
    check_tellable(brief, target_words=words_for_brief(brief), pipeline=runtime.pipeline)


def produce(runtime: Runtime, story_id: str) -> None:
    """Run the story's job in this process, showing how it goes, then where everything is.

    A finished story whose files are all intact is only shown: opening Dagster would take longer
    than finding out that there is nothing to do.
    """
    row = runtime.register.row(story_id)
    from content_platform.video.delivery import unfit_media

    if row.status is StoryStatus.FINISHED:
        unfit = unfit_media(story_id, records=runtime.records, media=runtime.media)
        if not unfit:
            _headline(row, "is made, and unchanged")
            _print_files(runtime, story_id)
            return
        out.print(
            f"{len(unfit)} of its files {'is' if len(unfit) == 1 else 'are'} lost or damaged: "
            "made again from what is there, nothing else changes"
        )
    from content_platform.cli.progress import StoryProgress
    from content_platform.orchestration.instance import make_in_process, open_instance
    from content_platform.telemetry.progress import watching

    with (
        hold_story(runtime.database, story_id),
        open_instance(runtime.settings) as instance,
        StoryProgress(story_id) as progress,
        watching(progress.working),
    ):
        try:
            report = make_in_process(instance, story_id, progress.step)
        except KeyboardInterrupt:
            runtime.register.set_status(story_id, StoryStatus.FAILED, error="stopped by Ctrl-C")
            progress.stopped(f"Go on with: content-platform story retry {story_id}")
            raise
        except Exception as error:
            runtime.register.set_status(story_id, StoryStatus.FAILED, error=str(error)[:2000])
            raise
    row = runtime.register.row(story_id)
    if not report.succeeded:
        runtime.register.set_status(story_id, StoryStatus.FAILED, error=report.failure)
        raise ContentPlatformError(
            f"{story_id} failed: {report.failure}",
            remedy=f"Then go on with: content-platform story retry {story_id}",
        )
    if row.status is StoryStatus.REJECTED:
        out.print(f"[yellow]{story_id} is rejected:[/] {escape(row.error)}", soft_wrap=True)
        out.print("  Change the text or the theme and make it again.", style="yellow")
        raise typer.Exit(3)
    if row.status is StoryStatus.DEFERRED:
        out.print(f"[yellow]{story_id} is deferred:[/] {escape(row.error)}", soft_wrap=True)
        if row.resume_at is not None:
            when = f"{row.resume_at:%Y-%m-%d %H:%M} UTC"
            out.print(f"  The daemon goes on with it at {when}.", style="yellow")
        elif row.waits_for is not None:
            out.print("  The daemon goes on with it when its budget was raised.", style="yellow")
        raise typer.Exit(3)
    out.print()
    _headline(row)
    _print_files(runtime, story_id)
    progress.print_summary(runtime.pipeline.story_cost(story_id).usd)


def _headline(row: StoryRow, note: str = "") -> None:
    out.print(f"[bold green]✓[/] [bold]{escape(row.title)}[/]  {row.story_id}  {note}".rstrip())


def _print_files(runtime: Runtime, story_id: str) -> None:
    from content_platform.video.delivery import deliver

    files = deliver(story_id, records=runtime.records, media=runtime.media, folder=_folder())
    for label, paths in (
        ("videos", files.videos),
        ("captions", files.captions),
        ("thumbnails", files.thumbnails),
        ("other", files.other),
    ):
        for number, path in enumerate(paths):
            out.print(f"  {label if number == 0 else '':<11}{path}", soft_wrap=True, markup=False)


def _print_cost(cost: StoryCost) -> None:
    """What the story cost, and who was paid for what. Who cost nothing is only counted."""
    out.print(f"cost {shown(cost.usd)}, {cost.calls} provider calls")
    paid = sorted((line for line in cost.lines if line.usd), key=lambda line: -line.usd)
    right = [Column(justify="right"), Column(justify="right")]
    table = Table("", "", *right, box=None, pad_edge=False, show_header=False)
    for line, amount in zip(paid, shown_alike(line.usd for line in paid), strict=True):
        more = f" of {line.attempts} attempts" if line.attempts > line.calls else ""
        calls = f"{line.calls} call{'s' * (line.calls != 1)}{more}"
        table.add_row(f"  {line.capability}", line.provider, amount, calls)
    if paid:
        out.print(table)


def _folder() -> Path:
    return Settings().data_dir / "stories"


def _coloured(row: StoryRow) -> str:
    colour = STATUS_COLOURS.get(row.status, "cyan")
    return f"[{colour}]{row.status}[/]"
