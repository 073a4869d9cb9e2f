"""Where the vendors' secrets come from, and which versions of them are valid now.

Sources are asked in their order, the first that knows a name wins. What they say is kept for a
while, asked again without a restart, and served on while a source is down. A value exists only as a
``Secret``, and everything handed out is told to ``redaction``. Not here: a cloud's own API
(``adapters``), which secret a vendor needs (the catalogue).
"""

from __future__ import annotations

import logging
import os
import re
import stat
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import yaml
from pydantic import SecretStr

from content_platform.errors import BadInput, ContentPlatformError
from content_platform.security import redaction
from content_platform.settings import Settings

PREVIOUS = "_PREVIOUS"
"""Ending of the variable that holds the version before the newest, while both are valid."""

_VALID_VERSIONS = 2
_TTL_S = 60.0
_ASK_AGAIN_S = 10.0
"""How soon a source is asked again that was down, or did not know the name."""
_REFUSED_AGAIN_S = 2.0
"""However often vendors refuse a secret, it is not read more often than this."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)\Z")

_log = logging.getLogger(__name__)


class SecretsUnavailable(ContentPlatformError):
    """A source of secrets cannot be read now, or not at all. Its message never holds a value."""


class Secret(SecretStr):
    """A value that shows itself to nobody who does not ask: not even to a pickle."""

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        raise TypeError("a secret is not pickled")

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self


class SecretSource(Protocol):
    """One place that knows secrets by name."""

    @property
    def name(self) -> str:
        """As people configured it: ``env``, ``aws:prefix``."""
        ...

    def read(self, name: str) -> Sequence[str]:
        """The versions valid now, the newest first; none when the name is not known here.

        Raises SecretsUnavailable when nobody can know.
        """
        ...


class EnvironmentSecrets:
    """Variables of this process: ``NAME``, and ``NAME_PREVIOUS`` while a rotation lasts."""

    name = "env"

    def read(self, name: str) -> Sequence[str]:
        return [os.environ.get(name, ""), os.environ.get(name + PREVIOUS, "")]


class FileSecrets:
    """A file only its owner can read, read anew each time.

    YAML holds ``NAME: value``, or a list with the newest version first; any other file is lines of
    ``NAME=value``, with ``NAME_PREVIOUS`` as in the environment.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = f"file {path}"

    def read(self, name: str) -> Sequence[str]:
        text = self._text()
        if self._path.suffix.lower() in {".yaml", ".yml"}:
            return self._listed(name, text)
        lines = _assignments(text)
        return [lines.get(name, ""), lines.get(name + PREVIOUS, "")]

    def _text(self) -> str:
        try:
            with self._path.open("rb") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                if mode & 0o077:
                    raise SecretsUnavailable(
                        f"The secrets file {self._path} is open to other users (mode {mode:o}).",
                        remedy=f"Run `chmod 600 {self._path}`.",
                    )
                return file.read().decode()
        except OSError as error:
            raise SecretsUnavailable(
                f"The secrets file {self._path} cannot be read: {error.strerror}.",
                remedy="Correct CONTENT_SECRETS_FILE, or leave it unset.",
            ) from None
        except UnicodeDecodeError:
            raise self._unreadable("it is not UTF-8") from None

    def _listed(self, name: str, text: str) -> Sequence[str]:
        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            # What YAML says quotes the line, and with it the secret.
            mark = getattr(error, "problem_mark", None)
            where = f" in line {mark.line + 1}" if mark else ""
            raise self._unreadable(f"it is no YAML{where}") from None
        if data is None:
            return []
        if not isinstance(data, dict):
            raise self._unreadable("it must hold `NAME: value` lines")
        found = data.get(name, [])
        versions = found if isinstance(found, list) else [found]
        if not all(isinstance(version, str) for version in versions):
            raise self._unreadable(f"{name} must be a text or a list of texts; quote it")
        return versions

    def _unreadable(self, why: str) -> SecretsUnavailable:
        return SecretsUnavailable(
            f"The secrets file {self._path} cannot be used: {why}.",
            remedy="Correct it; docs/providers.md shows both forms.",
        )


@dataclass(frozen=True)
class Holding:
    """What is known of one secret, without its value."""

    source: str
    """Who knows it; empty when nobody does."""
    versions: int
    trouble: str
    """Why what is known may be out of date, or missing; empty when every source answered."""


@dataclass(frozen=True)
class _Known:
    versions: tuple[Secret, ...]
    source: str
    trouble: str
    read_at: float
    good_until: float


class Secrets:
    """Secrets by name, from several sources. Safe to share between threads."""

    def __init__(
        self,
        sources: Sequence[SecretSource],
        *,
        ttl_s: float = _TTL_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sources = tuple(sources)
        self._ttl_s = ttl_s
        self._now = monotonic
        self._known: dict[str, _Known] = {}
        self._reading: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Secrets({', '.join(self.sources)})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("secrets are not pickled; each process opens its own")

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources' names, in the order they are asked."""
        return tuple(source.name for source in self._sources)

    def versions(self, name: str) -> tuple[SecretStr, ...]:
        """The valid versions of a secret, the newest first, two at most; none when it is missing.

        While a source is down, what it said before is served on.
        """
        known = self._known.get(name)
        if known is not None and self._now() < known.good_until:
            return known.versions
        reading = self._reading_lock(name)
        # One thread asks the sources; the others wait only when there is nothing to go on with.
        if not reading.acquire(blocking=known is None or not known.versions):
            assert known is not None
            return known.versions
        try:
            known = self._known.get(name)
            if known is None or self._now() >= known.good_until:
                known = self._read(name, known)
            return known.versions
        finally:
            reading.release()

    def refused(self, name: str) -> None:
        """A vendor did not accept a version: ask the sources now, if that was not done just before."""
        with self._reading_lock(name):
            known = self._known.get(name)
            if known is None or self._now() - known.read_at >= _REFUSED_AGAIN_S:
                self._read(name, known)

    def holding(self, name: str) -> Holding:
        """Who knows a secret, how many versions, and what stands in the way. For people."""
        self.versions(name)
        known = self._known[name]
        return Holding(known.source, len(known.versions), known.trouble)

    def _reading_lock(self, name: str) -> threading.Lock:
        with self._lock:
            return self._reading.setdefault(name, threading.Lock())

    def _read(self, name: str, before: _Known | None) -> _Known:
        """Ask the sources for ``name``; the caller holds its lock."""
        troubles = []
        found: tuple[Secret, ...] = ()
        holder = ""
        for source in self._sources:
            try:
                found = _valid(name, source)
            except SecretsUnavailable as error:
                troubles.append(str(error))
                if before is not None and before.source == source.name:
                    found = before.versions
            if found:
                holder = source.name
                break
        trouble = " ".join(troubles)
        if trouble and (before is None or before.trouble != trouble):
            kept = " What is known goes on being used." if found else ""
            _log.warning("%s: %s%s", name, trouble, kept)
        now = self._now()
        wait_s = self._ttl_s if found and not trouble else min(self._ttl_s, _ASK_AGAIN_S)
        known = _Known(found, holder, trouble, now, now + wait_s)
        self._known[name] = known
        return known


def open_secrets(settings: Settings) -> Secrets:
    """The secrets as ``CONTENT_SECRETS`` configures their sources. Nothing is read yet.

    From here on, this process writes no secret into its logs and tracebacks. Raises BadInput for a
    source nobody knows.
    """
    redaction.guard_output()
    sources: list[SecretSource] = []
    for configured in settings.secrets:
        kind, _, where = configured.partition(":")
        if kind == "env" and not where:
            sources.append(EnvironmentSecrets())
        elif kind == "file" and not where:
            if settings.secrets_file is not None:
                sources.append(FileSecrets(settings.secrets_file))
        elif kind == "aws":
            from content_platform.security.adapters.aws_secrets import AwsSecrets

            sources.append(AwsSecrets(where))
        elif kind == "gcp" and where:
            from content_platform.security.adapters.gcp_secrets import GcpSecrets

            sources.append(GcpSecrets(where))
        else:
            raise BadInput(
                f"CONTENT_SECRETS: {configured!r} is no source of secrets.",
                remedy='Use "env", "file", "aws:prefix" and "gcp:project".',
            )
    return Secrets(sources)


def _valid(name: str, source: SecretSource) -> tuple[Secret, ...]:
    """A source's versions as secrets: trimmed, each once, two at most, and known to redaction."""
    if not _NAME.match(name):
        raise BadInput(
            f"{name!r} is no name of a secret.", remedy="Use letters, digits and _, as in API_KEY."
        )
    found: dict[str, Secret] = {}
    for value in source.read(name):
        trimmed = value.strip()
        if not trimmed:
            continue
        redaction.register(trimmed)
        if not trimmed.isprintable():
            raise SecretsUnavailable(
                f"{name} from {source.name} holds a line break or another control character.",
                remedy="Store the secret alone, in one line.",
            )
        found.setdefault(trimmed, Secret(trimmed))
    return tuple(found.values())[:_VALID_VERSIONS]


def _assignments(text: str) -> dict[str, str]:
    """The ``NAME=value`` lines of a file; comments and other lines are left out."""
    found = {}
    for line in text.splitlines():
        match = _ASSIGNMENT.match(line.strip())
        if match is None:
            continue
        value = match[2].strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        else:
            value = re.split(r"\s#", value, maxsplit=1)[0].strip()
        found[match[1]] = value
    return found
