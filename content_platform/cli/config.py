"""``content-platform config show|diff|history|rollback|edit`` and ``config propose …``."""

from __future__ import annotations

import getpass
import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue
from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table

from content_platform.errors import BadInput, ContentPlatformError, NotFound
from content_platform.runtime import Runtime, open_runtime
from content_platform.settings import Settings
from content_platform.steering.configs import (
    config_yaml,
    read_channel_config,
    read_channel_file,
    read_value,
)
from content_platform.steering.experiments import Experiments
from content_platform.steering.models import (
    ChannelConfig,
    ConfigChange,
    ConfigVersion,
    Recommendation,
)
from content_platform.steering.optimizer import Optimizer
from content_platform.steering.parameters import apply_changes, differences

app = typer.Typer(no_args_is_help=True)
proposals = typer.Typer(no_args_is_help=True)
app.add_typer(proposals, name="propose", help="What the learner would change: yours to decide.")
out = Console(highlight=False)

Channel = Annotated[str, typer.Argument(help="Its name, as `channel list` says.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the version.")]
By = Annotated[str | None, typer.Option(help="Who decides; you, by default.")]
_HEADLINE = re.compile(r"# version (\d+),")
Day = Annotated[str | None, typer.Option(help="YYYY-MM-DD; the newest one by default.")]


@app.command()
def show(
    channel: Channel,
    version: Annotated[int | None, typer.Option(help="The one in force by default.")] = None,
) -> None:
    """A config version, as YAML that `config edit --file` takes back."""
    with open_runtime(Settings()) as runtime:
        found = _version(runtime, channel, version)
    out.print(f"# {_headline(found)}", style="dim", markup=False, soft_wrap=True)
    text = config_yaml(found.config)
    if out.is_terminal:
        out.print(Syntax(text, "yaml", background_color="default", word_wrap=True))
    else:
        out.print(text, markup=False, soft_wrap=True)


@app.command()
def diff(
    channel: Channel,
    old: Annotated[int | None, typer.Argument(help="The one before NEW by default.")] = None,
    new: Annotated[int | None, typer.Argument(help="The one in force by default.")] = None,
) -> None:
    """What one version has otherwise than another."""
    with open_runtime(Settings()) as runtime:
        second = _version(runtime, channel, new)
        if old is None and second.parent is None:
            raise BadInput(
                f"Version {second.version} of {channel!r} has no version before it.",
                remedy=f"Name two versions: `content-platform config diff {channel} 1 2`.",
            )
        first = _version(runtime, channel, old if old is not None else second.parent)
        changes = runtime.configs.diff(channel, first.version, second.version)
    out.print(f"--- {_headline(first)}", style="red", markup=False, soft_wrap=True)
    out.print(f"+++ {_headline(second)}", style="green", markup=False, soft_wrap=True)
    _print_changes(changes)


@app.command()
def history(
    channel: Channel,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
) -> None:
    """The versions of a channel's config, the newest first: when, by whom, why, what."""
    with open_runtime(Settings()) as runtime:
        versions = runtime.configs.history(channel)
    table = Table("version", "made", "by", "changes", "why", box=None, pad_edge=False)
    configs = {version.version: version.config for version in versions}
    for version in versions[:limit]:
        changes: Sequence[ConfigChange] = ()
        if version.parent in configs:
            changes = differences(configs[version.parent], version.config)
        table.add_row(
            str(version.version),
            f"{version.created_at:%Y-%m-%d %H:%M}",
            escape(version.author),
            escape("\n".join(_in_short(change) for change in changes)),
            escape(version.reason),
        )
    out.print(table)


@app.command()
def rollback(
    channel: Channel,
    version: Annotated[int, typer.Argument(help="Whose content comes back.")],
    reason: Reason,
    by: By = None,
) -> None:
    """Bring an earlier version's content back, as a new version."""
    with open_runtime(Settings()) as runtime:
        made = runtime.configs.rollback(
            channel, version, author=by or getpass.getuser(), reason=reason
        )
    out.print(f"{channel}: config version {made.version}, with the content of version {version}")


@app.command()
def edit(
    channel: Channel,
    reason: Reason,
    file: Annotated[Path | None, typer.Option(help="A whole config, as YAML.")] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="One field; repeat for several."),
    ] = None,
    by: By = None,
) -> None:
    """Change a channel's config: in $EDITOR, from a file, or field by field with --set.

    A file that `config show` wrote says which version it was made from; if there is a newer one by
    then, the edit is refused. `--set active=false` closes a channel: nothing more is planned for it.
    """
    if file is not None and values:
        raise BadInput("--file and --set were both given.", remedy="Use one of them.")
    with open_runtime(Settings()) as runtime:
        current = runtime.configs.current(channel)
        parent = current.version
        if values:
            config = apply_changes(current.config, dict(_assignment(value) for value in values))
        elif file is not None:
            config = read_channel_file(file)
            if made_from := _HEADLINE.match(file.read_text("utf-8")):
                parent = int(made_from[1])
        else:
            config = _edited(current)
        _check_voices(config)
        made = runtime.configs.update(
            channel,
            config,
            author=by or getpass.getuser(),
            reason=reason,
            parent=parent,
        )
        changes = differences(current.config, made.config)
    out.print(f"{channel}: config version {made.version}")
    _print_changes(changes)


@proposals.command("list")
def list_proposals(
    channel: Annotated[str | None, typer.Option(help="Only this channel's.")] = None,
) -> None:
    """Recommendations that wait for a yes or no."""
    with open_runtime(Settings()) as runtime:
        found = _optimizer(runtime).proposals(channel)
    if not found:
        out.print("Nothing is proposed.")
        return
    for proposal in found:
        out.print(f"[bold]{proposal.channel}[/]  {proposal.day}  version {proposal.base_version}")
        _print_changes(proposal.changes)
        out.print(f"  {proposal.reason}", markup=False, style="dim")


@proposals.command()
def accept(channel: Channel, reason: Reason = "", day: Day = None, by: By = None) -> None:
    """Make the recommendation the next version."""
    with open_runtime(Settings()) as runtime:
        proposal = _proposal(runtime, channel, day)
        made = _optimizer(runtime).accept(
            channel,
            date.fromisoformat(proposal.day),
            author=by or getpass.getuser(),
            reason=reason,
        )
    out.print(f"{channel}: config version {made.applied_version}")


@proposals.command()
def refuse(channel: Channel, reason: Reason, day: Day = None, by: By = None) -> None:
    """Leave the config as it is; the recommendation is closed."""
    with open_runtime(Settings()) as runtime:
        proposal = _proposal(runtime, channel, day)
        _optimizer(runtime).refuse(
            channel,
            date.fromisoformat(proposal.day),
            author=by or getpass.getuser(),
            reason=reason,
        )
    out.print(f"{channel}: the recommendation of {proposal.day} is refused")


def _version(runtime: Runtime, channel: str, number: int | None) -> ConfigVersion:
    if number is None:
        return runtime.configs.current(channel)
    return runtime.configs.version(channel, number)


def _headline(version: ConfigVersion) -> str:
    made = f"{version.created_at:%Y-%m-%d %H:%M}"
    return f"version {version.version}, {made}, by {version.author}: {' '.join(version.reason.split())}"


def _in_short(change: ConfigChange) -> str:
    return f"{change.path}: {_value(change.old)} → {_value(change.new)}"


def _value(value: JsonValue) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _print_changes(changes: Sequence[ConfigChange]) -> None:
    for change in changes:
        out.print(f"  {escape(change.path)}", style="bold")
        if isinstance(change.old, list) and isinstance(change.new, list):
            lost = [item for item in change.old if item not in change.new]
            gained = [item for item in change.new if item not in change.old]
            moved = not lost and not gained
            lines = [("red", "-", item) for item in lost]
            lines += [("green", "+", item) for item in gained]
            if moved:
                lines = [("red", "-", change.old), ("green", "+", change.new)]
        else:
            lines = [("red", "-", change.old), ("green", "+", change.new)]
        for colour, sign, value in lines:
            out.print(f"    {sign} {value}", style=colour, markup=False, soft_wrap=True)


def _assignment(text: str) -> tuple[str, JsonValue]:
    path, equals, value = text.partition("=")
    if not equals:
        raise BadInput(
            f"--set {text!r} has no value.", remedy="Write --set narration.speed=1.05, for example."
        )
    return path.strip(), read_value(value, name=f"--set {path.strip()}")


def _edited(current: ConfigVersion) -> ChannelConfig:
    """The config as the person leaves it in the editor. What cannot be used is kept in a file."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise BadInput(
            "EDITOR names no editor.",
            remedy="Set it, or use --set path=value or --file config.yaml.",
        )
    before = f"# {_headline(current)}\n{config_yaml(current.config)}"
    with tempfile.NamedTemporaryFile(
        "w", suffix=".yaml", prefix=f"{current.channel}-", encoding="utf-8", delete=False
    ) as draft:
        draft.write(before)
    path = Path(draft.name)
    try:
        ended = subprocess.run([*shlex.split(editor), str(path)], check=False)
    except (OSError, ValueError) as error:
        path.unlink()
        raise BadInput(
            f"The editor {editor!r} cannot be started: {error}.",
            remedy="Set EDITOR to another one.",
        ) from error
    after = path.read_text("utf-8", errors="replace")
    if ended.returncode != 0 or after == before:
        path.unlink()
        raise BadInput("Nothing was changed in the editor.", remedy="The config is as it was.")
    try:
        config = read_channel_config(after, name="the edited config")
        _check_voices(config)
        apply_changes(current.config, {"channel": config.channel})
    except ContentPlatformError as error:
        raise BadInput(
            error.message,
            remedy=f"Mend {path} and run `content-platform config edit {current.channel} "
            f"--file {path} --reason …`.",
        ) from error
    path.unlink()
    return config


def _check_voices(config: ChannelConfig) -> None:
    from content_platform.narration.voices import choose_voice

    for locale in config.locales:
        choose_voice(config.narration, locale, None)


def _optimizer(runtime: Runtime) -> Optimizer:
    experiments = Experiments(runtime.database, runtime.configs, runtime.clock)
    return Optimizer(runtime.database, runtime.configs, experiments, runtime.clock)


def _proposal(runtime: Runtime, channel: str, day: str | None) -> Recommendation:
    runtime.configs.current(channel)
    found = _optimizer(runtime).proposals(channel)
    matching = [proposal for proposal in found if day is None or proposal.day == day]
    if not matching:
        raise NotFound(
            f"Nothing is proposed for {channel!r}{f' on {day}' if day else ''}.",
            remedy="`content-platform config propose list` shows what is open.",
        )
    return matching[0]
