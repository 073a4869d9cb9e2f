"""``content-platform sandbox settings|fail|recover``: play the pretend platform's part."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from content_platform.publishing.sandbox.models import FaultKind, Operation
from content_platform.runtime import open_runtime
from content_platform.settings import Settings

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False)

Account = Annotated[str | None, typer.Option(help="One channel's account; all by default.")]


@app.command()
def settings(
    account: Account = None,
    uploads_per_day: Annotated[
        int | None, typer.Option(min=1, help="Uploads an account may make each UTC day.")
    ] = None,
    same_day: Annotated[
        bool | None,
        typer.Option("--same-day/--late", help="Numbers by the minute, or days late and revised."),
    ] = None,
    audited: Annotated[
        bool | None,
        typer.Option("--audited/--unaudited", help="An unaudited account's videos stay private."),
    ] = None,
) -> None:
    """Show how the sandbox treats accounts, or change it."""
    wanted = {
        "uploads_per_day": uploads_per_day,
        "same_day_metrics": same_day,
        "audited": audited,
    }
    changes = {name: value for name, value in wanted.items() if value is not None}
    with open_runtime(Settings()) as runtime:
        if changes:
            runtime.sandbox.configure(account, **changes)
        found = runtime.sandbox.settings(account or "")
    table = Table("setting", account or "every account", box=None, pad_edge=False)
    for name, value in found.model_dump(mode="json").items():
        table.add_row(name, str(value))
    out.print(table)


@app.command()
def fail(
    operation: Annotated[Operation, typer.Argument(help="What goes wrong.")],
    kind: Annotated[FaultKind, typer.Argument(help="How.")],
    times: Annotated[int, typer.Option(min=1, help="So many times.")] = 1,
    seconds: Annotated[
        float | None, typer.Option(min=0, help="For slow, stuck, transient.")
    ] = None,
    account: Account = None,
) -> None:
    """Let the sandbox's next answers go wrong, to watch what the platform does about it."""
    with open_runtime(Settings()) as runtime:
        runtime.sandbox.fail(operation, kind, times=times, seconds=seconds, account=account)
    out.print(f"The next {times} {operation.value} will be: {kind.value}.")


@app.command()
def recover() -> None:
    """End all faults that are still to come."""
    with open_runtime(Settings()) as runtime:
        runtime.sandbox.recover()
    out.print("The sandbox behaves again.")
