"""``content-platform provider list|show|reset``."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from content_platform.errors import NotFound
from content_platform.providers.accounts import costs
from content_platform.providers.breakers import Breaker, BreakerState
from content_platform.providers.models import Capability, CostBy, Provider
from content_platform.providers.reservations import Period, shown, window_start
from content_platform.runtime import Runtime, open_runtime
from content_platform.settings import Settings

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False)
COLOURS = {
    BreakerState.CLOSED: "green",
    BreakerState.HALF_OPEN: "yellow",
    BreakerState.OPEN: "red",
}

Name = Annotated[str, typer.Argument(help="The provider's name, as `provider list` says.")]


@app.command("list")
def list_providers(
    capability: Annotated[Capability | None, typer.Option(help="Only those that can this.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Those too that cannot be asked here, and why.")
    ] = False,
) -> None:
    """Who can be asked for what, and whose breaker is open."""
    name = Column("provider", no_wrap=True, overflow="fold", min_width=24)
    table = Table(name, "can", "model", "breaker", "", box=None, pad_edge=False)
    left_out = 0
    with open_runtime(Settings()) as runtime:
        breakers = runtime.pipeline.breakers.find()
        for provider in runtime.pipeline.providers:
            info = provider.info
            if capability is not None and info.capability is not capability:
                continue
            why_not = _why_not(runtime, provider)
            if why_not and not everything:
                left_out += 1
                continue
            breaker = breakers.get(info.name)
            remark = why_not or (breaker.reason if breaker else "")
            table.add_row(
                info.name,
                info.capability,
                "embedded" if info.embedded else f"{info.model} of {info.vendor}",
                _coloured(breaker),
                escape(remark),
            )
    out.print(table)
    if left_out:
        out.print(f"[dim]{left_out} more cannot be asked here; --all tells why.[/]")


@app.command()
def show(name: Name) -> None:
    """Everything about a provider: its model, limits, breaker, and what it cost this month."""
    with open_runtime(Settings()) as runtime:
        provider = _named(runtime, name)
        info = provider.info
        breaker = runtime.pipeline.breakers.find([name]).get(name)
        month = window_start(Period.MONTH, runtime.clock())
        spent = [
            line
            for line in costs(runtime.database, CostBy.PROVIDER, since=month)
            if line.name == name
        ]
        why_not = _why_not(runtime, provider)
    out.print(f"[bold]{info.name}[/]  {info.capability}  {_coloured(breaker)}")
    rates = [f"{info.per_minute} calls a minute"] if info.per_minute else []
    rates += [f"{info.concurrency} at once"] if info.concurrency else []
    facts = [
        ("model", f"{info.model} of {info.vendor}"),
        ("licence", info.licence),
        ("terms", info.terms_url),
        ("secret", info.secret),
        ("limits", ", ".join(rates)),
        ("after a doubt", {"repeatable": "asked again", "never": "a person decides"}.get(
            info.repeatability, "the vendor is asked what happened")),
        ("retires", str(info.retires_on or "")),
        ("cannot be asked", why_not or ""),
    ]  # fmt: skip
    if breaker is not None:
        facts.append(("failures", f"{breaker.failures} in a row; {breaker.reason}"))
        if breaker.retry_at is not None and breaker.state is not BreakerState.CLOSED:
            facts.append(("tried again", f"{breaker.retry_at:%Y-%m-%d %H:%M:%S} UTC"))
    if spent:
        facts.append(
            (
                "this month",
                f"{shown(spent[0].usd)} for {spent[0].calls} of {spent[0].attempts} attempts",
            )
        )
    for label, value in facts:
        if value:
            out.print(f"  {label:<16}{escape(value)}", soft_wrap=True)


@app.command()
def reset(
    name: Name,
    reason: Annotated[str, typer.Option(help="Why; kept in the audit log.")] = "",
    by: Annotated[str | None, typer.Option(help="Who decides; you, by default.")] = None,
) -> None:
    """Close a provider's breaker: ask it again as if nothing had happened."""
    with open_runtime(Settings()) as runtime:
        _named(runtime, name)
        before = runtime.pipeline.breakers.find([name]).get(name)
        if before is None:
            out.print(f"{name}: its breaker is closed already.")
            return
        runtime.pipeline.breakers.reset(name)
        runtime.audit.record(
            by or getpass.getuser(),
            "provider.reset",
            name,
            was=before.state,
            failures=before.failures,
            reason=reason,
        )
    out.print(f"{name}: its breaker is closed.")


def _why_not(runtime: Runtime, provider: Provider) -> str | None:
    """Why a provider cannot be asked anything here, its breaker aside."""
    missing: str | None = getattr(provider, "missing", lambda: None)()
    return missing or runtime.pipeline.why_not(provider.info)


def _named(runtime: Runtime, name: str) -> Provider:
    for provider in runtime.pipeline.providers:
        if provider.info.name == name:
            return provider
    raise NotFound(
        f"There is no provider {name!r}.",
        remedy="Run 'content-platform provider list --all' to see which there are.",
    )


def _coloured(breaker: Breaker | None) -> str:
    state = breaker.state if breaker else BreakerState.CLOSED
    return f"[{COLOURS[state]}]{state}[/]"
