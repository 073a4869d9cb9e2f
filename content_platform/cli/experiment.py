"""``content-platform experiment start|list|show|promote|stop``."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from content_platform.errors import BadInput, wrong_values
from content_platform.runtime import Runtime, open_runtime
from content_platform.settings import Settings
from content_platform.steering.comparison import ArmResult
from content_platform.steering.configs import read_value
from content_platform.steering.experiments import Experiments
from content_platform.steering.models import Arm, ExperimentStatus

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False)
COLOURS = {
    ExperimentStatus.RUNNING: "yellow",
    ExperimentStatus.WON: "green",
    ExperimentStatus.STOPPED: "dim",
}

Which = Annotated[str, typer.Argument(help="Its id, as `experiment list` says.")]
By = Annotated[str | None, typer.Option(help="Who decides; you, by default.")]


@app.command()
def start(
    channel: Annotated[str, typer.Argument(help="The channel whose stories take part.")],
    arms: Annotated[
        list[str],
        typer.Option(
            "--arm",
            metavar="[NAME:]PATH=VALUE[,PATH=VALUE]",
            help="One way to compare with the present config; repeat for several.",
        ),
    ],
    hypothesis: Annotated[str, typer.Option(help="What you expect, in a sentence.")],
    share: Annotated[float, typer.Option(help="The share of stories that take part.")] = 1.0,
    alpha: Annotated[
        float, typer.Option(help="Chance of a false winner, however often seen.")
    ] = 0.05,
    min_per_arm: Annotated[int, typer.Option(help="No winner with fewer stories.")] = 5,
    max_per_arm: Annotated[int, typer.Option(help="Ends when every arm has so many.")] = 60,
    name: Annotated[
        str | None, typer.Option("--id", help="Made from the parameters by default.")
    ] = None,
    by: By = None,
) -> None:
    """Compare ways of making a channel's stories. The control is the config as it is."""
    compared = [Arm(name="control"), *(_arm(text, at) for at, text in enumerate(arms))]
    with open_runtime(Settings()) as runtime:
        try:
            experiment = _experiments(runtime).start(
                channel,
                compared,
                hypothesis=hypothesis,
                author=by or getpass.getuser(),
                experiment_id=name,
                share=share,
                alpha=alpha,
                min_per_arm=min_per_arm,
                max_per_arm=max_per_arm,
            )
        except ValidationError as error:
            raise BadInput("\n".join(wrong_values(error)), remedy="Mend the option.") from error
    out.print(f"{experiment.experiment_id}: running, {len(experiment.arms)} arms")


@app.command("list")
def list_experiments(
    channel: Annotated[str | None, typer.Option(help="Only this channel's.")] = None,
    status: Annotated[ExperimentStatus | None, typer.Option(help="Only with this status.")] = None,
) -> None:
    """The experiments, the newest first."""
    with open_runtime(Settings()) as runtime:
        found = _experiments(runtime).find(channel=channel, status=status)
    if not found:
        out.print("No experiments. `content-platform experiment start` starts one.")
        return
    table = Table(
        "experiment", "channel", "status", "started", "hypothesis", box=None, pad_edge=False
    )
    for experiment in found:
        won = f" ({experiment.winner})" if experiment.winner else ""
        table.add_row(
            experiment.experiment_id,
            experiment.channel,
            f"[{COLOURS[experiment.status]}]{experiment.status}[/]{won}",
            f"{experiment.started_at:%Y-%m-%d}",
            escape(experiment.hypothesis),
        )
    out.print(table)


@app.command()
def show(experiment_id: Which) -> None:
    """How an experiment stands. Looking often does not make a false winner likelier."""
    with open_runtime(Settings()) as runtime:
        experiments = _experiments(runtime)
        comparison = experiments.compare(experiment_id)
        experiments.record_exposures(comparison.experiment.channel)
        taking_part = experiments.assignments(experiment_id)
    experiment = comparison.experiment
    out.print(
        f"[bold]{experiment.experiment_id}[/]  {experiment.channel}  "
        f"[{COLOURS[experiment.status]}]{experiment.status}[/]"
    )
    out.print(f"{experiment.hypothesis}\n", markup=False)
    table = Table(
        "arm", "changes", "assigned", "published", "measured", "watched s/impression",
        "uplift", f"{1 - experiment.alpha:.0%} bounds", "evidence",
        box=None, pad_edge=False,
    )  # fmt: skip
    for arm, result in zip(experiment.arms, comparison.arms, strict=True):
        mine = [story for story in taking_part if story.arm == arm.name]
        table.add_row(
            arm.name,
            escape("\n".join(f"{path} = {value}" for path, value in arm.changes.items())) or "none",
            str(len(mine)),
            str(sum(story.exposed_at is not None for story in mine)),
            str(result.stories),
            *_figures(result),
        )
    out.print(table)
    out.print(f"\n{comparison.summary}", markup=False)


@app.command()
def promote(experiment_id: Which, by: By = None) -> None:
    """Make the winner's changes the channel's config."""
    with open_runtime(Settings()) as runtime:
        version = _experiments(runtime).promote(experiment_id, author=by or getpass.getuser())
    out.print(f"{version.channel}: config version {version.version}")


@app.command()
def stop(
    experiment_id: Which,
    reason: Annotated[str, typer.Option(help="Why; kept in the audit log.")],
    by: By = None,
) -> None:
    """End an experiment without a winner; stories that took part keep their arm."""
    with open_runtime(Settings()) as runtime:
        _experiments(runtime).stop(experiment_id, author=by or getpass.getuser(), reason=reason)
    out.print(f"{experiment_id}: stopped")


def _experiments(runtime: Runtime) -> Experiments:
    return Experiments(runtime.database, runtime.configs, runtime.clock)


def _figures(result: ArmResult) -> tuple[str, str, str, str]:
    mean = "" if result.watch_per_impression is None else f"{result.watch_per_impression:.2f}"
    if result.uplift is None:
        return mean, "", "", ""
    bounds = "none yet"
    if result.uplift_low is not None and result.uplift_high is not None:
        bounds = f"{result.uplift_low:+.0%} … {result.uplift_high:+.0%}"
    return mean, f"{result.uplift:+.0%}", bounds, f"{result.evidence:.2g}"


def _arm(text: str, number: int) -> Arm:
    """Read ``NAME:PATH=VALUE,PATH=VALUE``; the name is a letter when left out."""
    head, colon, rest = text.partition(":")
    name, settings = (head, rest) if colon and "=" not in head else (chr(ord("a") + number), text)
    changes: dict[str, float | int | str] = {}
    for part in settings.split(","):
        path, equals, value = part.partition("=")
        read = read_value(value, name=f"--arm {path}")
        if not equals or isinstance(read, bool) or not isinstance(read, int | float | str):
            raise BadInput(
                f"--arm {text!r} is not of the form NAME:PATH=VALUE.",
                remedy="Write --arm slower:narration.speed=0.9, for example.",
            )
        changes[path.strip()] = read
    try:
        return Arm(name=name.strip(), changes=changes)
    except ValidationError as error:
        raise BadInput(
            f"--arm {text!r}: {'; '.join(wrong_values(error))}.",
            remedy="Names are lower-case words joined by hyphens.",
        ) from error
