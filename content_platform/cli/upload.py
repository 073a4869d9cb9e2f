"""``content-platform upload list|show|retry|withdraw``."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from content_platform.cli.story import STORY_WIDTH
from content_platform.errors import BadInput, NotFound
from content_platform.publishing.models import Upload, UploadKey, UploadState
from content_platform.runtime import Runtime, open_runtime
from content_platform.settings import Settings
from content_platform.vocabulary import StoryId

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False)
COLOURS = {
    UploadState.PUBLISHED: "green",
    UploadState.PUBLISHED_PRIVATE: "green",
    UploadState.FAILED: "red",
    UploadState.UNCONFIRMED: "yellow",
    UploadState.DEFERRED: "yellow",
    UploadState.WITHDRAWN: "dim",
}

Which = Annotated[
    str, typer.Argument(help="story/platform/locale/format, or a story's key for all it has.")
]
By = Annotated[str | None, typer.Option(help="Who decides; you, by default.")]


@app.command("list")
def list_uploads(
    channel: Annotated[str | None, typer.Option(help="Only this channel's.")] = None,
    state: Annotated[UploadState | None, typer.Option(help="Only in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
) -> None:
    """The uploads that changed last."""
    with open_runtime(Settings()) as runtime:
        found = runtime.uploads.register.newest(channel=channel, state=state, limit=limit)
    if not found:
        out.print("No uploads. Stories made to be published get them once they are finished.")
        return
    table = Table(
        Column("upload", no_wrap=True, min_width=STORY_WIDTH),
        "state",
        "when",
        "",
        box=None,
        pad_edge=False,
    )
    for upload in found:
        table.add_row(
            str(upload.upload),
            _coloured(upload),
            f"{upload.updated_at:%Y-%m-%d %H:%M}",
            escape(_remark(upload)),
        )
    out.print(table)


@app.command()
def show(which: Which) -> None:
    """Everything about an upload: where it is, and each state it went through."""
    with open_runtime(Settings()) as runtime:
        for upload in _meant(runtime, which):
            out.print(f"[bold]{upload.upload}[/]  {_coloured(upload)}")
            for name, value in (
                ("account", upload.account),
                ("video", upload.remote_url or upload.remote_id),
                ("resumed", upload.resume_at and f"{upload.resume_at:%Y-%m-%d %H:%M:%S} UTC"),
                ("problem", upload.error),
            ):
                if value:
                    out.print(f"  {name:<9}{escape(str(value))}", soft_wrap=True)
            for event in runtime.uploads.register.events(upload.upload):
                out.print(
                    f"  {event.at:%Y-%m-%d %H:%M:%S}  {event.state.value:<12} {event.detail}",
                    markup=False,
                    soft_wrap=True,
                    style="dim",
                )


@app.command()
def retry(which: Which, by: By = None) -> None:
    """Try what failed, or waits, again now. What is published or withdrawn stays as it is."""
    final = {UploadState.PUBLISHED, UploadState.PUBLISHED_PRIVATE, UploadState.WITHDRAWN}
    with open_runtime(Settings()) as runtime:
        found = _meant(runtime, which)
        for upload in found:
            if upload.state in final and len(found) > 1:
                _print(upload)
            else:
                runtime.uploads.retry(upload.upload, actor=by or getpass.getuser())
                _print(*runtime.uploads.advance(upload.upload))


@app.command()
def withdraw(
    which: Which,
    reason: Annotated[str, typer.Option(help="Why; kept in the audit log.")],
    by: By = None,
) -> None:
    """Take a video off its platform, or keep it from getting there."""
    with open_runtime(Settings()) as runtime:
        found = _meant(runtime, which)
        for upload in found:
            if upload.state is UploadState.FAILED and len(found) > 1:
                _print(upload)
            else:
                who = by or getpass.getuser()
                _print(runtime.uploads.withdraw(upload.upload, actor=who, reason=reason))


def _meant(runtime: Runtime, which: str) -> list[Upload]:
    """One upload by its key, or all of a story. Raises BadInput, NotFound."""
    if "/" in which:
        try:
            return [runtime.uploads.register.upload(UploadKey.parse(which))]
        except ValueError as error:
            raise BadInput(
                f"{error}.", remedy="Run 'content-platform upload list' to see which there are."
            ) from error
    try:
        StoryId.parse(which)
    except ValueError as error:
        raise BadInput(f"{error}.") from error
    found = runtime.uploads.register.of_story(which)
    if not found:
        raise NotFound(
            f"Story {which} has no uploads.",
            remedy="Only stories made to be published have, once they are finished.",
        )
    return found


def _print(upload: Upload) -> None:
    out.print(
        f"{upload.upload}  {_coloured(upload)}  {escape(_remark(upload))}".rstrip(), soft_wrap=True
    )


def _remark(upload: Upload) -> str:
    if upload.resume_at is not None:
        return f"{upload.error or 'goes on'} · {upload.resume_at:%Y-%m-%d %H:%M} UTC"
    return upload.error or upload.remote_url or ""


def _coloured(upload: Upload) -> str:
    return f"[{COLOURS.get(upload.state, 'cyan')}]{upload.state.value}[/]"
