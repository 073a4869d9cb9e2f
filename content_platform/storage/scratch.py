"""Temporary folders that live exactly as long as the process that owns them.

Each owner holds a lock on its folder. The kernel lets go of the lock when the process ends,
however it ends, so the next owner can tell litter from work in progress and sweeps it: after
``kill -9`` nothing half-written stays behind. No durable file belongs here.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import weakref
from pathlib import Path

_PREFIX = "owned-"


class OwnedFolder:
    """A fresh folder in ``parent``, removed by ``close``, at exit, or by the next owner's sweep."""

    def __init__(self, parent: Path) -> None:
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent)
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
            lock = _lock(self.path)
            # A sweep in another process may have taken the folder before it was locked.
            if lock is not None and self.path.exists():
                break
            if lock is not None:
                os.close(lock)
        self._release = weakref.finalize(self, _remove, self.path, lock, os.getpid())

    def close(self) -> None:
        """Remove the folder and all in it."""
        self._release()


def sweep(parent: Path) -> None:
    """Remove the folders in ``parent`` whose owners are dead."""
    for path in parent.glob(f"{_PREFIX}*"):
        lock = _lock(path)
        if lock is not None:
            _remove(path, lock, os.getpid())


def _lock(path: Path) -> int | None:
    """A file descriptor holding the folder's lock, or None when it is taken or gone."""
    try:
        folder = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(folder)
        return None
    return folder


def _remove(path: Path, lock: int, owner_pid: int) -> None:
    if os.getpid() != owner_pid:  # a forked child inherits the object, not the ownership
        return
    shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(OSError):
        os.close(lock)
