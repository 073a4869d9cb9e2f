"""``content-platform review list|show|approve|reject``."""

from __future__ import annotations

import getpass
import hashlib
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from content_platform.cli.story import STORY_WIDTH
from content_platform.errors import BadInput, NotFound
from content_platform.governance.audit import AuditLog
from content_platform.moderation.models import Review, ReviewStatus
from content_platform.moderation.review import ReviewQueue
from content_platform.runtime import Runtime, open_runtime
from content_platform.settings import Settings

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False)
COLOURS = {
    ReviewStatus.OPEN: "yellow",
    ReviewStatus.APPROVED: "green",
    ReviewStatus.REJECTED: "red",
}

Handle = Annotated[str, typer.Argument(help="Its number in `review list`, or the story's key.")]
By = Annotated[str | None, typer.Option(help="Who decides; you, by default.")]
Note = Annotated[str, typer.Option(help="Why; kept with the decision.")]


@app.command("list")
def list_reviews(
    channel: Annotated[str | None, typer.Option(help="Only this channel's.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
) -> None:
    """What waits for a person, the longest waiting first."""
    with open_runtime(Settings()) as runtime:
        status = None if everything else ReviewStatus.OPEN
        found = _queue(runtime).reviews(status=status, channel=channel, limit=limit)
    if not found:
        out.print("Nothing waits for a review.")
        return
    table = Table(
        Column("number", no_wrap=True),
        Column("story", no_wrap=True, min_width=STORY_WIDTH),
        "what",
        "status",
        "opened",
        Column("why", min_width=20),
        box=None,
        pad_edge=False,
    )
    for review in found:
        decided = f" by {review.decided_by}" if review.decided_by else ""
        table.add_row(
            number_of(review),
            review.story_id,
            f"{review.subject} ({review.locale})",
            f"[{COLOURS[review.status]}]{review.status}[/]{escape(decided)}",
            f"{review.opened_at:%Y-%m-%d %H:%M}",
            escape(review.reason if len(review.reason) <= 80 else f"{review.reason[:79]}…"),
        )
    out.print(table)


@app.command()
def show(handle: Handle) -> None:
    """What was found, and everything needed to decide: text, evidence, files."""
    with open_runtime(Settings()) as runtime:
        for review in _matching(runtime, handle, everything=True):
            _print(runtime, review)


@app.command()
def approve(handle: Handle, by: By = None, note: Note = "") -> None:
    """Let exactly what was judged go on; the story is run again."""
    with open_runtime(Settings()) as runtime:
        review = _one(runtime, handle)
        _queue(runtime).approve(review, by=by or getpass.getuser(), note=note)
    out.print(f"{review.subject} of {review.story_id} is approved; the story goes on.")


@app.command()
def reject(handle: Handle, by: By = None, note: Note = "") -> None:
    """Stop exactly what was judged; the story is rejected, or told differently."""
    with open_runtime(Settings()) as runtime:
        review = _one(runtime, handle)
        _queue(runtime).reject(review, by=by or getpass.getuser(), note=note)
    out.print(f"{review.subject} of {review.story_id} is rejected.")


def number_of(review: Review) -> str:
    """A review's number: of what was judged, so it never means something else tomorrow."""
    key = "\n".join((review.story_id, review.locale, review.subject, review.subject_sha256))
    return f"{int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) % 10**6:06d}"


def _queue(runtime: Runtime) -> ReviewQueue:
    audit = AuditLog(runtime.database, runtime.clock)
    return ReviewQueue(runtime.database, runtime.clock, audit, runtime.register)


def _matching(runtime: Runtime, handle: str, *, everything: bool) -> list[Review]:
    """The reviews a person means by ``handle``. Raises NotFound."""
    status = None if everything else ReviewStatus.OPEN
    if handle.isdigit():
        found = [
            review
            for review in _queue(runtime).reviews(status=status, limit=100_000)
            if number_of(review) == handle.zfill(6)
        ]
    else:
        found = _queue(runtime).reviews(status=status, story_id=handle)
    if not found and not everything:
        found = _matching(runtime, handle, everything=True)  # decided: the queue says by whom
    if not found:
        raise NotFound(
            f"There is no review {handle}.",
            remedy="Run 'content-platform review list --all' to see which there are.",
        )
    return found


def _one(runtime: Runtime, handle: str) -> Review:
    """The one review to decide. Raises BadInput where the handle means several."""
    found = _matching(runtime, handle, everything=False)
    if len(found) > 1:
        which = ", ".join(f"{number_of(r)} ({r.subject}, {r.locale})" for r in found)
        raise BadInput(
            f"{handle} has {len(found)} reviews: {which}.", remedy="Decide each by its number."
        )
    return found[0]


def _print(runtime: Runtime, review: Review) -> None:
    out.print(
        f"[bold]{number_of(review)}[/]  {review.story_id}  {review.subject} ({review.locale})  "
        f"[{COLOURS[review.status]}]{review.status}[/]"
    )
    if review.decided_by:
        said = f"{review.decided_by}, {review.decided_at:%Y-%m-%d %H:%M}: {review.note or '-'}"
        out.print(said, style="dim", markup=False)
    out.print(review.reason, markup=False)
    for finding in review.findings:
        out.print(f"  [bold]{finding.category}[/] {finding.score:.2f}  ", end="")
        out.print(f"{finding.rule}: {finding.evidence}", markup=False, soft_wrap=True)
    out.print()
    for line in _what_was_judged(runtime, review):
        out.print(f"  {line}", markup=False, soft_wrap=True)
    out.print()


def _what_was_judged(runtime: Runtime, review: Review) -> Iterator[str]:
    """The words themselves, and where pictures, sound and videos lie."""
    from content_platform.imagery.models import SceneImage
    from content_platform.narration.models import Narration
    from content_platform.stories.models import PublishMetadata, Story
    from content_platform.video.models import Video

    records, story_id = runtime.records, review.story_id
    for story in records.load(Story, story_id):
        if story.locale == review.locale:
            yield f"“{story.title}”"
            yield from (scene.text for scene in story.scenes)
    if review.subject == "pictures":
        for image in records.load(SceneImage, story_id):
            where = runtime.media.local_path(image.picture)
            yield f"scene {image.scene}, {image.format}: {where}  {image.alt_text}"
    if review.subject == "audio":
        for spoken in records.load(Narration, story_id):
            if spoken.locale == review.locale:
                yield f"narration: {runtime.media.local_path(spoken.audio)}"
    if review.subject == "clearance":
        for entry in records.load(PublishMetadata, story_id):
            if entry.locale == review.locale:
                yield f"{entry.platform}: {entry.title}\n{entry.description}"
    if review.subject != "text":
        for video in records.load(Video, story_id):
            if video.locale == review.locale:
                yield f"video, {video.format}: {runtime.media.local_path(video.media)}"
