"""Work that has to wait for money: the asset yields nothing, the run ends well, a sensor asks again.

An asset that may pay a provider wears ``@deferrable`` under ``@dg.asset(output_required=False)``.
"""

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import islice
from typing import Any, ParamSpec, TypeVar

import dagster as dg

from content_platform.errors import BudgetExceeded
from content_platform.providers.models import Shortage
from content_platform.runtime import Runtime
from content_platform.stories.models import StoryRow, StoryStatus

P = ParamSpec("P")
RecordsT = TypeVar("RecordsT")


def deferrable(body: Callable[P, RecordsT]) -> Callable[P, RecordsT]:
    """The asset body ``body``; a story whose budget has no room for it is deferred.

    Then nothing is materialised: what comes after is skipped, and ``due_stories`` goes on with the
    story when the budget's window turns, or when somebody has raised it.
    """

    @wraps(body)
    def made_or_deferred(*args: P.args, **kwargs: P.kwargs) -> Any:
        try:
            return body(*args, **kwargs)
        except BudgetExceeded as refused:
            given = inspect.signature(body).bind(*args, **kwargs).arguments
            defer(given["context"], given["runtime"], refused)
            return _nothing()

    return made_or_deferred


def defer(
    context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext,
    runtime: Runtime,
    refused: BudgetExceeded,
) -> None:
    """Record that the partition's story waits for money, and until when."""
    story_id = context.partition_key
    runtime.register.set_status(
        story_id,
        StoryStatus.DEFERRED,
        error=str(refused),
        resume_at=refused.resume_at,
        waits_for=Shortage(provider=refused.asked, usd=refused.amount_usd),
    )
    context.log.warning(f"{story_id} is deferred: {refused}")


def with_money_now(runtime: Runtime, limit: int) -> list[StoryRow]:
    """Deferred stories whose budgets have room by now for what they had no money for."""
    found = (
        row
        for row in runtime.register.waiting_for_money()
        if row.waits_for is not None and runtime.pipeline.has_room(row.story_id, row.waits_for)
    )
    return list(islice(found, limit))


def _nothing() -> Iterator[dg.Output[None]]:
    """A step that returns this yields no output, and succeeds."""
    yield from ()
