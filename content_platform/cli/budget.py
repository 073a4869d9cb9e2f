"""``content-platform budget list|set|remove|forecast|costs``."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from content_platform.errors import BadInput
from content_platform.providers.accounts import costs as costs_by
from content_platform.providers.models import CostBy
from content_platform.providers.reservations import Period, Scope, shown, shown_alike, window_start
from content_platform.runtime import open_runtime
from content_platform.settings import Settings

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False)

Whose = Annotated[
    Scope, typer.Argument(help="Whose money: a story's, channel's, provider's, or all.")
]
Subject = Annotated[
    str, typer.Argument(help="Which one; * for each that has no budget of its own. With all: *.")
]
When = Annotated[Period, typer.Argument(help="Over which time, in UTC.")]
Why = Annotated[str, typer.Option(help="Why; kept in the audit log.")]
By = Annotated[str | None, typer.Option(help="Who decides; you, by default.")]


@app.command("list")
def list_budgets() -> None:
    """The budgets, and how far each is used in its present day, month or story."""
    with open_runtime(Settings()) as runtime:
        found = runtime.budgets.all()
        uses = runtime.budgets.in_use()
    if not found:
        out.print(
            "No budgets besides what channels let a story cost (story_budget_usd). "
            "`content-platform budget set` sets one.",
            soft_wrap=True,
        )
        return
    table = Table("budget", "soft", "hard", "set by", "why", box=None, pad_edge=False)
    for budget in found:
        table.add_row(
            f"{budget.scope} {budget.subject} {budget.period}",
            _limit(budget.soft_usd),
            _limit(budget.hard_usd),
            f"{budget.set_by}, {budget.set_at:%Y-%m-%d}",
            budget.reason,
        )
    out.print(table)
    if not uses:
        return
    out.print()
    table = Table(
        "window", _right("spent"), _right("set aside"), _right("hard"),
        _right("left"), "", box=None, pad_edge=False,
    )  # fmt: skip
    for use in uses:
        used = use.spent_usd + use.reserved_usd
        left = "" if use.hard_usd is None else shown(max(Decimal(0), use.hard_usd - used))
        remark = f"[red]{shown(use.overrun_usd)} above its limit[/]" if use.overrun_usd else ""
        if not remark and use.soft_usd is not None and use.spent_usd >= use.soft_usd:
            remark = f"[yellow]above its soft limit of {shown(use.soft_usd)}[/]"
        table.add_row(
            use.name, shown(use.spent_usd), shown(use.reserved_usd), _limit(use.hard_usd), left,
            remark,
        )  # fmt: skip
    out.print(table)


@app.command("set")
def set_budget(
    scope: Whose,
    subject: Subject,
    period: When,
    soft: Annotated[str | None, typer.Option(help="Dollars beyond which people are told.")] = None,
    hard: Annotated[str | None, typer.Option(help="Dollars that are never passed.")] = None,
    reason: Why = "",
    by: By = None,
) -> None:
    """Set or change a budget. It holds at once; work it has no room for waits for its next window."""
    with open_runtime(Settings()) as runtime:
        budget = runtime.budgets.set(
            scope,
            subject,
            period,
            soft_usd=_dollars("--soft", soft),
            hard_usd=_dollars("--hard", hard),
            author=by or getpass.getuser(),
            reason=reason,
        )
    limits = [f"soft {_limit(budget.soft_usd)}"] if budget.soft_usd is not None else []
    limits += [f"hard {_limit(budget.hard_usd)}"] if budget.hard_usd is not None else []
    out.print(f"{scope} {subject} {period}: {', '.join(limits)}")


@app.command()
def remove(scope: Whose, subject: Subject, period: When, reason: Why = "", by: By = None) -> None:
    """Take a budget away."""
    with open_runtime(Settings()) as runtime:
        runtime.budgets.remove(
            scope, subject, period, author=by or getpass.getuser(), reason=reason
        )
    out.print(f"{scope} {subject} {period}: removed")


@app.command()
def forecast() -> None:
    """Where the month, and each budget's day or month, will end at the rate it went so far."""
    with open_runtime(Settings()) as runtime:
        found = runtime.budgets.forecasts()
    for each in found:
        out.print(
            f"{each.use.name}: {shown(each.use.spent_usd)} so far; {each.sentence}.",
            soft_wrap=True,
            style="yellow" if each.above_limit else None,
        )


@app.command()
def costs(
    by: Annotated[CostBy, typer.Option(help="What to add up by.")] = CostBy.PROVIDER,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day on (UTC).")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Before this day (UTC).")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many lines.")] = 50,
) -> None:
    """What calls cost, by provider, channel, capability or story; this month's by default."""
    with open_runtime(Settings()) as runtime:
        begin = since.replace(tzinfo=UTC) if since else window_start(Period.MONTH, runtime.clock())
        end = until.replace(tzinfo=UTC) if until else None
        found = costs_by(runtime.database, by, since=begin, until=end)
    table = Table(
        by, _right("calls"), _right("attempts"), _right("cost"),
        _right("of it uncertain"), box=None, pad_edge=False,
    )  # fmt: skip
    amounts = shown_alike(line.usd for line in found)
    for line, amount in list(zip(found, amounts, strict=True))[:limit]:
        uncertain = shown(line.uncertain_usd) if line.uncertain_usd else ""
        table.add_row(line.name, str(line.calls), str(line.attempts), amount, uncertain)
    out.print(table)
    total = sum((line.usd for line in found), Decimal(0))
    unknown = sum((line.uncertain_usd for line in found), Decimal(0))
    note = f", {shown(unknown)} of it for answers that were lost: charged as estimated" * bool(
        unknown
    )
    out.print(f"\n{shown(total)} since {begin:%Y-%m-%d}{note}", soft_wrap=True)


def _dollars(option: str, text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(text.removeprefix("$"))
    except InvalidOperation:
        raise BadInput(
            f"{option} {text!r} is no amount of dollars.",
            remedy=f"Write {option} 12.50, for example.",
        ) from None


def _limit(amount: Decimal | None) -> str:
    return "" if amount is None else shown(amount)


def _right(name: str) -> Column:
    return Column(name, justify="right")
