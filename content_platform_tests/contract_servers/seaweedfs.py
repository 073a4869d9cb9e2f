"""A real S3 server: SeaweedFS from a wheel, with one user, in a folder of its own."""

from __future__ import annotations

import ctypes
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ACCESS_KEY = "sample-access-key"
SECRET_KEY = "sample-secret-key"
_PR_SET_PDEATHSIG = 1


def connect(url: str, secret_key: str = SECRET_KEY) -> Any:
    """A client the way the platform makes one, with this server's user."""
    return boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=secret_key,
        region_name="us-east-1",
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=2,
            read_timeout=20,
            retries={"mode": "standard", "max_attempts": 2},
        ),
    )


@contextmanager
def seaweedfs(folder: Path) -> Iterator[str]:
    """Run the server in ``folder``; give its URL."""
    users = folder / "s3.json"
    users.write_text(
        json.dumps(
            {
                "identities": [
                    {
                        "name": "platform",
                        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
                        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
                    }
                ]
            }
        )
    )
    for tries_left in (2, 1, 0):
        s3, *others = _free_ports(4)
        process = _start(folder, users, s3, *others)
        url = f"http://127.0.0.1:{s3}"
        try:
            _wait_until_up(url, process, folder / "log")
        except AssertionError:
            # Somebody may have taken a port since it was found free.
            ended = process.poll() is not None
            _stop(process)
            if not (ended and tries_left):
                raise
        else:
            break
    try:
        yield url
    finally:
        _stop(process)


def _start(
    folder: Path, users: Path, s3: int, master: int, volume: int, filer: int
) -> subprocess.Popen[bytes]:
    command = [
        str(Path(sys.executable).with_name("weed")),
        "server",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-s3",
        f"-s3.port={s3}",
        f"-s3.config={users}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.iam=false",
        f"-master.port={master}",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64",
        f"-volume.port={volume}",
        "-volume.max=20",
        f"-filer.port={filer}",
    ]
    with (folder / "log").open("w") as log:
        return subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            preexec_fn=_die_with_parent,  # noqa: PLW1509
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()  # it takes more than 15 s to end on SIGTERM
    process.wait()


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    client = connect(url)
    give_up = time.monotonic() + 40
    while True:
        try:
            client.create_bucket(Bucket="probe")
        except (BotoCoreError, ClientError) as error:
            if process.poll() is not None or time.monotonic() > give_up:
                raise AssertionError(
                    f"SeaweedFS did not start: {log.read_text()[-800:]}"
                ) from error
            time.sleep(0.2)
        else:
            return


def _free_ports(count: int) -> list[int]:
    """Free ports whose gRPC twin, 10000 higher, is free too."""
    ports: list[int] = []
    with ExitStack() as held:
        while len(ports) < count:
            probe = held.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            port = 20_000 + probe.getsockname()[1] % 20_000
            try:
                for wanted in (port, port + 10_000):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", wanted))
            except OSError:
                continue
            ports.append(port)
    return ports


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
