"""``content-platform dev``: the Dagster UI and daemon, and a small server that plays the media.

The same server shows the sandbox's watch pages.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console

from content_platform.errors import StorageUnavailable
from content_platform.settings import Settings

out = Console(highlight=False)


def dev(
    port: Annotated[int, typer.Option(help="Where the Dagster UI listens.")] = 3000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Open the asset graph: Dagster's UI and daemon on the embedded database."""
    from content_platform.orchestration.instance import prepare_environment
    from content_platform.publishing.sandbox.watch import serve_sandbox
    from content_platform.runtime import open_runtime

    settings = Settings()
    with open_runtime(settings) as runtime:
        home = prepare_environment(settings)
        address = urlsplit(settings.media_server_url)
        try:
            server = serve_sandbox(
                runtime.sandbox, runtime.media, address.hostname or "127.0.0.1", address.port or 80
            )
        except OSError as error:
            raise StorageUnavailable(
                f"{settings.media_server_url} cannot be served: {error}.",
                remedy="Stop what listens there, or set CONTENT_MEDIA_SERVER_URL to another port.",
            ) from error
        threading.Thread(target=server.serve_forever, daemon=True).start()
        out.print(f"Dagster UI on [bold]http://{host}:{port}[/]; Ctrl-C stops it.")
        out.print(f"Watch what is published on [bold]{settings.media_server_url}[/].")
        command = [sys.executable, "-m", "dagster", "dev", "-h", host, "-p", str(port)]
        command += ["-m", "content_platform.definitions"]
        command += ["-m", "content_platform.orchestration.learning"]
        # A session of its own: Dagster's four processes get our signal, in our order.
        process = subprocess.Popen(command, cwd=home, env=os.environ, start_new_session=True)
        for asked in (signal.SIGINT, signal.SIGTERM):  # also where a shell told us to ignore it
            signal.signal(asked, _interrupt)
        try:
            code = process.wait()
        except KeyboardInterrupt:
            code = 0
        finally:
            _stop(process)
            server.shutdown()
    raise typer.Exit(code)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask Dagster to finish, then insist; nothing of it may outlive us."""
    for kind, patience_s in ((signal.SIGINT, 10), (signal.SIGTERM, 10), (signal.SIGKILL, 5)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=patience_s)
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
