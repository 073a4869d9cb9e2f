"""Calls that take several paid questions, or an order and a wait; and a process that makes one.

    python -m content_platform_tests.providers.buyer WHAT VENDOR_URL DATABASE_URL FOLDER

WHAT is ``pictures``, ``story``, ``mubert`` or ``suno``. It runs until it is done, or is killed by its vendor.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic import BaseModel

from content_platform.clock import utc_now
from content_platform.imagery.adapters.openai import OpenAIIllustrator
from content_platform.providers.models import CallRequest, Provider
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform.stories.adapters.openai import OpenAIWriter
from content_platform.vocabulary import Format
from content_platform_tests.hosted_calls import GivenSecrets
from content_platform_tests.imagery import test_openai_pictures as pictures
from content_platform_tests.music import test_mubert as mubert
from content_platform_tests.music import test_suno as suno
from content_platform_tests.stories import hosted as stories

STORY = "midnight-tales_20261122_0001"


def offer(what: str, url: str) -> tuple[Provider, CallRequest[BaseModel]]:
    """Whom to ask for what."""
    if what == "pictures":
        scene = pictures.wanted((Format.LANDSCAPE, Format.PORTRAIT, Format.SQUARE))
        return OpenAIIllustrator(pictures.entry(url)), scene
    if what == "story":
        return OpenAIWriter(stories.entry("OpenAI", f"{url}/v1", timeout_s=120)), stories.request()
    if what == "mubert":
        return mubert.composer(url), mubert.WANTED
    return suno.composer(url), suno.WANTED


def main(what: str, url: str, database: str, folder: Path) -> None:
    provider, request = offer(what, url)
    Pipeline(
        Database(database),
        LocalMediaStore(folder / "media"),
        [provider],
        clock=utc_now,
        scratch_dir=folder / "scratch",
        secrets=GivenSecrets(),
    ).run(request, story_id=STORY)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))
