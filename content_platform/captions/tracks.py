"""From a narration to its caption track: cut the cues, write the files, put them in the store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from content_platform.captions.cues import cut_cues, screen_limits
from content_platform.captions.files import to_ass, to_srt, to_vtt
from content_platform.captions.models import CaptionTrack
from content_platform.errors import DefectiveMedia
from content_platform.narration.models import Narration
from content_platform.storage.media import MediaStore
from content_platform.vocabulary import Format

_MADE_BY = "captions 1"
"""Part of every fingerprint: raise it when the same narration should give other captions."""


def caption(
    narration: Narration,
    *,
    formats: Sequence[Format],
    accent: str,
    media: MediaStore,
    previous: CaptionTrack | None = None,
) -> CaptionTrack:
    """Caption a narration: ``srt``, ``vtt``, and one ``ass-<format>`` with word highlight per format.

    ``accent`` (#rrggbb) colours the spoken word. ``previous`` is returned as it is when nothing it
    was made from has changed and its files are still there. Raises DefectiveMedia when the
    narration has no words.
    """
    inputs = _fingerprint(narration, formats, accent)
    if (
        previous is not None
        and previous.inputs_sha256 == inputs
        and all(media.exists(ref) for ref in previous.files.values())
    ):
        return previous
    words, locale, end = narration.words, narration.locale, narration.duration_s
    cues = cut_cues(words, locale, duration_s=end)
    if not cues:
        raise DefectiveMedia(
            f"The {locale} narration of {narration.story_id} has no word timings to caption.",
            remedy="Make the narration again.",
        )
    files = {
        "srt": media.put_bytes(to_srt(cues).encode(), "application/x-subrip"),
        "vtt": media.put_bytes(to_vtt(cues, locale).encode(), "text/vtt"),
    }
    for shape in formats:
        on_screen = cut_cues(words, locale, limits=screen_limits(shape), duration_s=end)
        text = to_ass(on_screen, shape, accent, locale)
        files[f"ass-{shape}"] = media.put_bytes(text.encode(), "text/x-ssa")
    return CaptionTrack(
        story_id=narration.story_id,
        locale=locale,
        cues=cues,
        files=files,
        inputs_sha256=inputs,
    )


def _fingerprint(narration: Narration, formats: Sequence[Format], accent: str) -> str:
    made_from = {
        "made_by": _MADE_BY,
        "locale": narration.locale,
        "duration_s": narration.duration_s,
        "words": [(word.text, word.start_s, word.end_s) for word in narration.words],
        "formats": sorted(formats),
        "accent": accent,
    }
    canonical = json.dumps(made_from, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
