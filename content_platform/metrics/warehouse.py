"""The warehouse: running the dbt project, and reading what it made.

Belongs here: where the project is, which database and folders dbt gets, building models, and
queries on the ``analytics`` schema. What a model says is in ``dbt_analytics``; Dagster runs the
same project through dagster-dbt with ``project_dir``, ``manifest_path`` and ``environment``.

dbt runs inside this process: loading it costs 6 CPU-seconds once, a run after that half a second
for all views, where a process of its own would pay all of it each time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from content_platform.errors import ContentPlatformError, NotFound
from content_platform.settings import Settings
from content_platform.storage.database import Database

SCHEMA = "analytics"
PROFILE_TARGET = "content"
DBT_EXECUTABLE = str(Path(sys.executable).with_name("dbt"))
"""The ``dbt`` of this installation, whatever the PATH says."""

_BUILD_LOCK = 0x636F_6E74_656E_7402
"""Key of the advisory lock under which one dbt at a time writes to a database."""
_UNDEFINED_TABLE = "42P01"
_VIEWS = "config.materialized:view"
_CONNECTION = {
    "CONTENT_DBT_HOST": "host",
    "CONTENT_DBT_PORT": "port",
    "CONTENT_DBT_USER": "user",
    "CONTENT_DBT_DATABASE": "dbname",
    "CONTENT_DBT_SSLMODE": "sslmode",
    "CONTENT_DBT_SSLCERT": "sslcert",
    "CONTENT_DBT_SSLKEY": "sslkey",
    "CONTENT_DBT_SSLROOTCERT": "sslrootcert",
}
"""Environment variables of ``profiles.yml`` and the connection parameter each one holds."""

_in_process = threading.Lock()
"""dbt keeps its state in globals and reads the environment: one invocation at a time."""
_manifests: dict[tuple[str, str], Any] = {}
"""Parsed projects by fingerprint and database name."""


class BuildFailed(ContentPlatformError):
    """dbt could not build or a test of the data failed; the message names each model and why."""


@dataclass(frozen=True)
class BuiltNode:
    """What came of one model or test."""

    name: str
    kind: str
    """``model`` or ``test``."""
    status: str
    """``success``, ``pass``, ``warn`` …"""
    seconds: float
    message: str


class Warehouse:
    """The ``analytics`` schema of one database. Threads may share it."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._folder = _folder(settings)
        self._database = database

    def build(self, select: str | None = None, *, tests: bool = True) -> tuple[BuiltNode, ...]:
        """Make the models ``select`` names (dbt's syntax; all by default) and test their data.

        Waits while another process builds. Raises BuildFailed when a model cannot be made or a
        test finds wrong data; models before it stay made.
        """
        arguments = ["build" if tests else "run"]
        if select is not None:
            arguments += ["--select", *select.split()]
        with self.exclusive():
            return self._run(arguments)

    def ensure_views(self) -> None:
        """Make the views, ``story_outcomes`` above all, unless they are there and of this project.

        Under a millisecond when they are. Views read the records themselves, so they are current
        without another run.
        """
        if self._views_are_current():
            return
        with self.exclusive():
            if not self._views_are_current():
                self._run(["run", "--select", _VIEWS])

    def query(
        self, sql: str, parameters: Mapping[str, object] | None = None
    ) -> list[dict[str, Any]]:
        """Rows of a query on the ``analytics`` schema (which need not be named), by column.

        ``:name`` in ``sql`` stands for the parameter of that name. Raises NotFound when it asks for
        a model that has not been built.
        """
        try:
            with self._database.transaction() as connection:
                connection.execute(text(f"SET LOCAL search_path = {SCHEMA}"))
                rows = connection.execute(text(sql), dict(parameters or {})).mappings().all()
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", "") != _UNDEFINED_TABLE:
                raise
            raise NotFound(
                f"The analytics lack what was asked for: {str(error.orig).splitlines()[0]}.",
                remedy="Build them first: materialise the analytics assets in Dagster.",
            ) from error
        return [dict(row) for row in rows]

    def environment(self) -> dict[str, str]:
        """What dbt needs in its environment to reach the database; holds its password.

        Read from a live connection, so it is right for the embedded server too, which it starts.
        """
        with self._database.transaction() as connection:
            live: Any = connection.connection.dbapi_connection
            known = {
                **live.info.get_parameters(),
                "host": live.info.host,
                "port": str(live.info.port),
            }
            password = live.info.password
        return {
            **_quiet_environment(self._folder),
            **{name: known[key] for name, key in _CONNECTION.items() if known.get(key)},
            "DBT_ENV_SECRET_CONTENT_DBT_PASSWORD": password or "",
        }

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep every other builder of this database waiting while the block runs dbt."""
        with self._database.transaction() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _BUILD_LOCK})
            yield

    @contextmanager
    def lent_to_dbt(self) -> Iterator[None]:
        """``exclusive``, with the environment set for a dbt that someone else starts."""
        with self.exclusive(), _environment(self.environment()):
            yield

    def _views_are_current(self) -> bool:
        found = self.query(
            "SELECT obj_description(oid, 'pg_namespace') = :made_by "
            "AND to_regclass('analytics.story_outcomes') IS NOT NULL AS current "
            "FROM pg_namespace WHERE nspname = :schema",
            {"made_by": f"dbt_analytics {fingerprint()}", "schema": SCHEMA},
        )
        return bool(found and found[0]["current"])

    def _run(self, arguments: Sequence[str]) -> tuple[BuiltNode, ...]:
        with _in_process, _environment(self.environment()):
            from dbt.cli.main import dbtRunner

            database = os.environ.get("CONTENT_DBT_DATABASE", "")
            parsed = _manifests.get((fingerprint(), database))
            if parsed is None:
                done: Any = dbtRunner().invoke(["--no-print", "--log-level", "none", "parse"])
                _raise_for(done)
                parsed = _manifests[fingerprint(), database] = done.result
            done = dbtRunner(manifest=parsed).invoke(
                ["--no-print", "--no-write-json", "--log-level", "none", *arguments]
            )
            _raise_for(done)
            built = (_built(node) for node in done.result.results)
            return tuple(node for node in built if node.kind in {"model", "test"})


def project_dir() -> Path:
    """The dbt project: in the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "dbt_analytics"
    return installed if installed.is_dir() else package.parent / "dbt_analytics"


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Of everything the project's models depend on: its files and dbt itself."""
    digest = hashlib.sha256()
    for package in ("dbt-core", "dbt-postgres"):
        digest.update(f"{package} {version(package)}\n".encode())
    folder = project_dir()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def manifest_path(settings: Settings) -> Path:
    """The project's ``manifest.json``, parsed at first use and again only when the project changes.

    Needs no database. Raises BuildFailed when the project does not parse.
    """
    manifest = _folder(settings) / f"manifest-{fingerprint()}" / "manifest.json"
    if manifest.exists():
        return manifest
    settings.scratch_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.scratch_dir, prefix="dbt-") as scratch:
        done = subprocess.run(
            [DBT_EXECUTABLE, "--quiet", "parse"],
            env={**os.environ, **_quiet_environment(Path(scratch))},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        parsed = Path(scratch) / "target" / "manifest.json"
        if done.returncode != 0 or not parsed.exists():
            raise BuildFailed(
                f"The dbt project {project_dir()} does not parse: {(done.stdout + done.stderr).strip()}"
            )
        manifest.parent.mkdir(parents=True, exist_ok=True)
        parsed.replace(manifest)
    for stale in manifest.parent.parent.glob("manifest-*"):
        if stale != manifest.parent:
            shutil.rmtree(stale, ignore_errors=True)
    return manifest


def _folder(settings: Settings) -> Path:
    return settings.data_dir / "dbt"


def _quiet_environment(folder: Path) -> dict[str, str]:
    """Where dbt reads and writes; and that it tells nobody."""
    return {
        "DBT_PROJECT_DIR": str(project_dir()),
        "DBT_PROFILES_DIR": str(project_dir()),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "log"),
        "DBT_LOG_LEVEL_FILE": "none",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_VERSION_CHECK": "false",
        "DO_NOT_TRACK": "1",
        "CONTENT_DBT_FINGERPRINT": fingerprint(),
    }


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _raise_for(done: Any) -> None:
    """Raise BuildFailed for an invocation of dbt that did not succeed."""
    if done.success:
        return
    if done.exception is not None:
        if not isinstance(done.exception, Exception):  # Ctrl-C
            raise done.exception
        raise BuildFailed(f"dbt stopped: {done.exception}") from done.exception
    bad = [_built(node) for node in done.result.results]
    lines = "".join(
        f"\n  {node.kind} {node.name}: {node.message}"
        for node in bad
        if node.status in {"error", "fail", "runtime error"}
    )
    raise BuildFailed(
        f"The analytics could not be built:{lines}",
        remedy="The SQL that was run is in the data folder under dbt/target/run.",
    )


def _built(result: Any) -> BuiltNode:
    return BuiltNode(
        name=str(result.node.name),
        kind=str(result.node.resource_type),
        status=str(result.status),
        seconds=float(result.execution_time),
        message=" ".join(str(result.message or "").split()),
    )
