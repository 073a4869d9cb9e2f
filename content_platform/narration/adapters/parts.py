"""Model files that arrive in pieces inside installed packages: put together in memory, verified.

Nothing is copied to disk, so there is no cache to fill, to lock or to find damaged, and any
number of processes may start at once. Not here: what an engine does with its model.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files

from content_platform.errors import StorageUnavailable

Part = tuple[str, str]
"""An importable package and a path inside it."""


def missing_package(parts: tuple[Part, ...]) -> str | None:
    """The first package of ``parts`` that is not installed, or None."""
    from importlib.util import find_spec

    return next((package for package, _ in parts if find_spec(package) is None), None)


def join_parts(parts: tuple[Part, ...], sha256: str) -> bytearray:
    """The bytes of ``parts`` one after the other.

    Raises StorageUnavailable when a part cannot be read or the whole has another ``sha256``.
    """
    whole = bytearray()
    names = ", ".join(dict.fromkeys(package for package, _ in parts))
    remedy = "Install the project's packages again: `uv sync --reinstall`."
    try:
        for package, path in parts:
            whole += files(package).joinpath(path).read_bytes()
    except (ImportError, OSError) as error:
        raise StorageUnavailable(
            f"model file of {names} cannot be read: {error}.", remedy=remedy
        ) from error
    found = hashlib.sha256(whole).hexdigest()
    if found != sha256:
        raise StorageUnavailable(
            f"the model in {names} is damaged: sha256 {found}, expected {sha256}.", remedy=remedy
        )
    return whole
