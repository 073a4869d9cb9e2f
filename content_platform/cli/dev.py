"""``content-platform dev``: the Dagster UI and daemon, and a small server that plays the media."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
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
    from content_platform.runtime import open_runtime
    from content_platform.telemetry.media_server import serve_media

    settings = Settings()
    with open_runtime(settings) as runtime:
        prepare_environment(settings)
        address = urlsplit(settings.media_server_url)
        try:
            server = serve_media(runtime.media, address.hostname or "127.0.0.1", address.port or 80)
        except OSError as error:
            raise StorageUnavailable(
                f"{settings.media_server_url} cannot be served: {error}.",
                remedy="Stop what listens there, or set CONTENT_MEDIA_SERVER_URL to another port.",
            ) from error
        threading.Thread(target=server.serve_forever, daemon=True).start()
        out.print(f"Dagster UI on [bold]http://{host}:{port}[/]; Ctrl-C stops it.")
        command = [sys.executable, "-m", "dagster", "dev", "-h", host, "-p", str(port)]
        command += ["-m", "content_platform.definitions"]
        process = subprocess.Popen(command, cwd=_project(), env=os.environ)
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        try:
            code = process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            code = process.wait()
        finally:
            server.shutdown()
    raise typer.Exit(0 if code in (0, -signal.SIGINT, -signal.SIGTERM) else 1)


def _project() -> Path:
    """Where relative paths of a source checkout resolve; anywhere else does for a wheel."""
    return Path(__file__).parents[2]
