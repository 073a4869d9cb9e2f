"""Many stories ordered at once: a count of them, or a CSV file with a brief on each line.

Belongs here: reading the file, naming everything wrong in it, and registering all or none. A batch
waits for the daemon like any other queued story.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from content_platform.clock import Clock
from content_platform.errors import BadInput, ContentPlatformError, wrong_values
from content_platform.stories.models import StoryOrigin, StoryRequest, StoryRow
from content_platform.stories.register import StoryRegister, request_sha256
from content_platform.stories.script import read_script

MAX_STORIES = 1000
MAX_FILE_BYTES = 2_000_000

_FIELDS = {
    "channel": "channel",
    "theme": "theme",
    "genre": "genre",
    "seconds": "target_seconds",
    "max seconds": "max_seconds",
    "locale": "locales",
    "format": "formats",
    "voice": "voice",
    "style": "style",
    "seed": "seed",
    "media": "media",
    "publish": "publish",
    "series": "series",
    "script": "script",
}
"""The columns, as people write them, and the request's fields; beside them there is ``count``."""
_ALSO = {"language": "locale", "locales": "locale", "formats": "format", "length": "seconds"}
_COLUMN = {field: column for column, field in _FIELDS.items()}
Check = Callable[[StoryRequest], None]
"""Raises a ContentPlatformError for a request that cannot be met."""


def read_batch(
    path: Path, *, defaults: Mapping[str, str] = MappingProxyType({}), check: Check | None = None
) -> list[StoryRequest]:
    """The stories the file asks for, one line each, ``count`` times.

    The first line names the columns: channel, theme, genre, seconds, max seconds, locale, format,
    voice, style, seed, count, media, publish, series, script (a text file, relative to this one);
    all but the channel may be left out. ``defaults`` (by column) hold where a line has no value. A
    line without a seed gets one from what it asks for, so that the same file asks for the same
    stories again. Lines that start with # and empty ones are skipped. ``check`` may refuse a story.

    Raises BadInput that names every wrong line, its column, the value and the remedy.
    """
    header, lines = _lines(path)
    problems: list[str] = []
    requests: list[StoryRequest] = []
    alike: Counter[str] = Counter()
    checked: set[str] = set()
    for number, cells in lines:
        try:
            wished, seeded, times = _line(header, cells, path, defaults)
            if check is not None and (asked := _without_seed(wished)) not in checked:
                check(wished)
                checked.add(asked)
        except ContentPlatformError as error:
            problems.append(f"line {number}: {error}")
            continue
        requests += several(wished, times) if seeded else _seeded(wished, times, alike)
        if len(requests) > MAX_STORIES:
            problems.append(f"line {number}: one batch holds at most {MAX_STORIES:,} stories")
            break
    if problems:
        shown = "\n  ".join(problems[:50])
        more = f"\n  … and {len(problems) - 50} more" if len(problems) > 50 else ""
        raise BadInput(
            f"{path} has {len(problems)} wrong line{'s' * (len(problems) > 1)}; nothing was ordered:"
            f"\n  {shown}{more}",
            remedy="Mend the file and run the command again.",
        )
    if not requests:
        raise BadInput(f"{path} asks for no story.", remedy="Write a line for each story.")
    return requests


def several(request: StoryRequest, count: int) -> list[StoryRequest]:
    """``count`` stories of the same wishes: each the next seed after the request's."""
    return [
        request.model_copy(update={"seed": (request.seed + number) % 2**31})
        for number in range(count)
    ]


def order(
    requests: Sequence[StoryRequest],
    *,
    register: StoryRegister,
    clock: Clock,
    new: bool = False,
) -> tuple[str, list[StoryRow]]:
    """Queue all these stories as one batch: all, or none. Returns its name and the stories.

    A request that was made before is the story it was, in its own batch, unless ``new``.
    """
    now = clock()
    told_apart = hashlib.sha256("".join([now.isoformat(), *map(request_sha256, requests)]).encode())
    batch = f"{now:%Y%m%d-%H%M%S}-{told_apart.hexdigest()[:6]}"
    rows = register.register_all(
        requests, new=new, origin=StoryOrigin.BATCH, batch=batch, queued=True
    )
    return batch, rows


def _lines(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The columns' names and the lines below them, with their numbers in the file."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadInput(
                f"{path} has more than {MAX_FILE_BYTES:,} bytes.", remedy="Cut it into several."
            )
        content = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise BadInput(f"{path} cannot be read: {reason}.", remedy="Name a CSV file.") from error
    first_line = content.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped) and not stripped[0].startswith("#"):
                rows.append((start, stripped))
            start = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(
            f"{path}, line {start}: {error}.", remedy="Close every quotation mark."
        ) from error
    if not rows:
        raise BadInput(f"{path} is empty.", remedy="Name the columns on the first line.")
    header = [_column(name) for name in rows[0][1]]
    known = [*_FIELDS, "count"]
    wrong = [name for name in header if name not in known]
    if wrong or len(set(header)) != len(header):
        named = ", ".join(repr(name) for name in wrong) or "a column twice"
        raise BadInput(
            f"{path}, line {rows[0][0]}: the first line names {named}.",
            remedy=f"Columns are {', '.join(known)}, each once.",
        )
    return header, rows[1:]


def _column(name: str) -> str:
    plain = " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
    return _ALSO.get(plain, plain)


def _line(
    header: Sequence[str], cells: Sequence[str], path: Path, defaults: Mapping[str, str]
) -> tuple[StoryRequest, bool, int]:
    """What one line asks for, whether it names a seed, and how often it is asked for.

    Raises BadInput naming all that is wrong in it.
    """
    if len(cells) > len(header):
        raise BadInput(
            f"it has {len(cells)} values, the first line names {len(header)} columns.",
            remedy="Put values with a comma in quotation marks.",
        )
    given = {**defaults, **{name: cell for name, cell in zip(header, cells, strict=False) if cell}}
    wrong: list[str] = []
    count = given.pop("count", "1")
    times = int(count) if count.isdecimal() and len(count) < 9 else 0
    if not 1 <= times <= MAX_STORIES:
        wrong.append(f"count: write a whole number from 1 to {MAX_STORIES:,} (not {count!r})")
    wishes: dict[str, Any] = {_FIELDS[name]: value for name, value in given.items()}
    for field in ("locales", "formats"):
        if field in wishes:
            wishes[field] = tuple(dict.fromkeys(wishes[field].replace(";", " ").split()))
    if script := wishes.pop("script", None):
        try:
            told = read_script(path.parent / script)
        except BadInput as error:
            wrong.append(str(error))
        else:
            wishes |= {"script": told.text, "script_locale": told.locale}
            if told.title:
                wishes.setdefault("theme", told.title[:300])
    try:
        request = StoryRequest.model_validate({"seed": 0} | wishes)
    except ValidationError as error:
        raise BadInput("; ".join([*wrong, *wrong_values(error, _COLUMN)])) from error
    if wrong:
        raise BadInput("; ".join(wrong))
    return request, "seed" in wishes, times


def _seeded(wished: StoryRequest, times: int, alike: Counter[str]) -> list[StoryRequest]:
    """``times`` stories of these wishes; ``alike`` counts those of the lines before."""
    asked = _without_seed(wished)
    first = alike[asked]
    alike[asked] += times
    seeds = (
        hashlib.sha256(f"{asked}#{number}".encode()).digest()[:4]
        for number in range(first, first + times)
    )
    return [wished.model_copy(update={"seed": int.from_bytes(seed) % 2**31}) for seed in seeds]


def _without_seed(request: StoryRequest) -> str:
    asked = request.model_dump(mode="json", exclude={"seed"}, exclude_defaults=True)
    return json.dumps(asked, sort_keys=True)
