"""``content-platform doctor``: what is installed, what can be used, and why not."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import typer
from rich.console import Console

from content_platform.clock import utc_now
from content_platform.errors import ContentPlatformError
from content_platform.settings import Settings

MINIMUM_FREE_BYTES = 2 * 10**9
"""A story of 45 s needs ~100 MB with its scratch files; below this nothing should be started."""


@dataclass(frozen=True)
class Finding:
    """One line of the report. ``ok`` is None for what is optional and absent.

    A ``warning`` is about what works today.
    """

    name: str
    ok: bool | None
    detail: str
    warning: bool = False


def doctor() -> None:
    """Check this machine; exit code 1 when something that is needed is missing."""
    out = Console(highlight=False)
    failed = False
    for finding in examine(Settings()):
        mark = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[dim]–[/]"}[finding.ok]
        mark = "[yellow]![/]" if finding.warning else mark
        out.print(f"{mark} {finding.name:<27} {finding.detail}", soft_wrap=True)
        failed = failed or finding.ok is False
    raise typer.Exit(1 if failed else 0)


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything a person may wonder about, most basic first."""
    yield Finding("python", True, f"{platform.python_version()} on {platform.machine()}")
    yield _free_space(settings)
    yield _try("ffmpeg", _ffmpeg_version)
    yield from _storage(settings)
    yield from _engines(settings)
    try:
        yield from _hosted(settings)
    except ContentPlatformError as error:
        yield Finding("hosted models", False, str(error))


def _free_space(settings: Settings) -> Finding:
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    return Finding("disk", free > MINIMUM_FREE_BYTES, f"{free / 1e9:.1f} GB free at {folder}")


def _ffmpeg_version() -> str:
    from content_platform.mediatools.ffmpeg import run_ffmpeg

    return run_ffmpeg("-version", timeout_s=10).decode().split(" Copyright")[0]


def _storage(settings: Settings) -> Iterator[Finding]:
    from content_platform.storage.database import open_database
    from content_platform.storage.media import open_media_store

    def database() -> str:
        opened = open_database(settings)
        try:
            with opened.transaction() as connection:
                return str(connection.exec_driver_sql("show server_version").scalar())
        finally:
            opened.close()

    def media() -> str:
        store = open_media_store(settings)
        ref = store.put_bytes(b"content-platform doctor\n", "text/plain")
        store.open(ref).read()
        store.delete(ref)
        return settings.media_url or str(settings.data_dir / "media")

    yield _try("postgresql", database)
    yield _try("media store", media)


def _engines(settings: Settings) -> Iterator[Finding]:
    from content_platform.runtime import embedded_providers
    from content_platform.storage.media import open_media_store

    for provider in embedded_providers(settings, open_media_store(settings)):
        missing = getattr(provider, "missing", lambda: None)()
        yield Finding(
            provider.info.name,
            None if missing else True,
            missing
            or f"{provider.info.capability}: {provider.info.model} ({provider.info.licence})",
        )


def _hosted(settings: Settings) -> Iterator[Finding]:
    """The secrets there are, by name, and the catalogue's models: usable, or why not."""
    from content_platform.hosted import secret_names, why_unusable
    from content_platform.providers.catalogue import catalogue_of, retirement, retiring
    from content_platform.security.secrets import open_secrets

    catalogue = catalogue_of(settings)
    secrets = open_secrets(settings)
    today = utc_now().date()
    yield Finding("secrets", True, f"looked for in {', '.join(secrets.sources) or 'no source'}")
    unset = set()
    for name in secret_names(catalogue):
        holding = secrets.holding(name)
        users = [entry for entry in catalogue if entry.secret == name]
        if not holding.versions:
            unset.add(name)
            models = "1 model" if len(users) == 1 else f"{len(users)} models"
            missed = f"not set: {models} of {users[0].vendor} cannot be used"
            yield Finding(name, None, f"{missed}. {holding.trouble}".rstrip(". "))
            continue
        versions = "1 version" if holding.versions == 1 else f"{holding.versions} versions"
        yield Finding(name, True, f"{versions} from {holding.source}")
        if holding.trouble:
            yield Finding(name, True, holding.trouble, warning=True)
    for entry in catalogue:
        reason = why_unusable(entry, secrets, today)
        if reason is None:
            yield Finding(entry.name, True, f"{entry.capability}: {entry.model} of {entry.vendor}")
        elif entry.secret not in unset:
            yield Finding(entry.name, None, reason)
    for entry in retiring(catalogue, today):
        yield Finding(entry.name, True, retirement(entry, today), warning=True)


def _try(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except ContentPlatformError as error:
        return Finding(name, False, str(error))
