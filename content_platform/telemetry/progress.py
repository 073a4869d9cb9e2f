"""Progress of long work, from whoever does it to whoever watches.

Workers call ``report``; a watcher (the command line) listens with ``watching``. With nobody
watching, a report costs one comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Watcher = Callable[[str, float, float], None]

_watcher: Watcher | None = None


def report(stage: str, done: float, total: float) -> None:
    """Tell that ``done`` of ``total`` units of ``stage`` (an asset's name) are finished."""
    if _watcher is not None:
        _watcher(stage, done, total)


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Send this process's reports to ``watcher`` while the block runs; any thread may report."""
    global _watcher
    before, _watcher = _watcher, watcher
    try:
        yield
    finally:
        _watcher = before
