"""Telling a dead worker from a living one."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

from content_platform.providers.owner import Owner, this_process

_TELL = "from content_platform.providers.owner import this_process as me; print(me().started)"


def test_this_process_is_alive() -> None:
    assert not this_process().is_dead
    assert this_process().pid == os.getpid()


def test_a_process_that_ended_is_dead_even_before_its_parent_noticed() -> None:
    child = subprocess.Popen([sys.executable, "-c", _TELL], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    started = child.stdout.read().strip()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it is a zombie now
    owner = replace(this_process(), pid=child.pid, started=started)
    assert owner.is_dead
    child.wait()
    assert owner.is_dead


def test_another_process_with_the_same_number_is_not_the_owner() -> None:
    assert replace(this_process(), started="1").is_dead


def test_a_process_on_another_machine_is_never_called_dead() -> None:
    assert not Owner(place="elsewhere/boot/1", pid=1, started="1").is_dead
