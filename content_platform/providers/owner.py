"""Which process is working on a call, and whether it is still alive.

A process is known by its machine, its boot, its process-id namespace, its id and when it started,
so that neither a reused id nor a second container can be taken for the owner.
"""

from __future__ import annotations

import functools
import os
import socket
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Owner:
    """A process somewhere. ``place`` is where process ids mean the same as here."""

    place: str
    pid: int
    started: str

    @property
    def is_dead(self) -> bool:
        """True only when that is certain: the owner ran here, and no longer does."""
        return self.place == _place() and _started(self.pid) != self.started

    def __str__(self) -> str:
        return f"process {self.pid} on {self.place.split('/')[0]}"


def this_process() -> Owner:
    """The process that asks."""
    return _owner(os.getpid())


@functools.cache
def _owner(pid: int) -> Owner:
    return Owner(place=_place(), pid=pid, started=_started(pid))


@functools.cache
def _place() -> str:
    boot = Path("/proc/sys/kernel/random/boot_id")
    if not boot.exists():
        return f"{socket.gethostname()}/{psutil.boot_time():.0f}"
    namespace = Path("/proc/self/ns/pid").stat().st_ino
    return f"{socket.gethostname()}/{boot.read_text().strip()}/{namespace}"


def _started(pid: int) -> str:
    """When a process started, or "" when there is none. One that waits to be buried is dead."""
    try:
        # Ticks since boot: unlike wall time, it does not change when the clock is set.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "" if Path("/proc/self/stat").exists() else _started_without_proc(pid)
    return "" if fields[0] in "ZX" else fields[19]


def _started_without_proc(pid: int) -> str:
    try:
        process = psutil.Process(pid)
        dead = process.status() == psutil.STATUS_ZOMBIE
        return "" if dead else f"{process.create_time():.0f}"
    except psutil.NoSuchProcess:
        return ""
