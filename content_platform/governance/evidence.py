"""Licence evidence: under which terms every part of a story was made.

Belongs here: which parts a story has, finding what the provider pipeline proved about each, and
what its licence allows (``licences.yaml``). Whether that is enough to publish is the clearance's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, select

from content_platform.governance.models import LicenceEvidence
from content_platform.imagery.models import SceneImage
from content_platform.imagery.own_media import OWN
from content_platform.music.models import BackgroundMusic
from content_platform.narration.models import Narration
from content_platform.providers.models import Capability
from content_platform.providers.pipeline import call_key
from content_platform.storage.database import Database
from content_platform.storage.records import RecordStore
from content_platform.storage.tables import evidence, media_assets, provider_calls
from content_platform.stories.models import Brief, Story

BY_THE_OPERATOR = "supplied by the operator"
_SOURCE = files("content_platform.governance").joinpath("licences.yaml")


@dataclass(frozen=True)
class Terms:
    """What a licence allows."""

    commercial: bool
    attribution: bool


_UNKNOWN = Terms(commercial=False, attribution=False)


def terms_of(licence: str) -> Terms:
    """What a licence allows: an SPDX id, several joined by AND or OR, or the name of terms.

    All of those joined by AND hold; of those joined by OR the best is chosen. What is not in
    ``licences.yaml`` is not allowed.

    >>> terms_of("Apache-2.0 AND MIT").commercial, terms_of("my own terms").commercial
    (True, False)
    """
    known: dict[str, dict[str, bool]] = _table()["licences"]
    choices = []
    for choice in licence.split(" OR "):
        parts = [known.get(part.strip()) for part in choice.split(" AND ")]
        choices.append(
            Terms(
                commercial=all(part is not None and part["commercial"] for part in parts),
                attribution=any(part is not None and part.get("attribution") for part in parts),
            )
        )
    return max(choices, key=lambda terms: (terms.commercial, not terms.attribution))


def licences_version() -> bytes:
    """The table's bytes, for the fingerprint of the policy in force."""
    return _SOURCE.read_bytes()


def gather(story_id: str, *, records: RecordStore, database: Database) -> list[LicenceEvidence]:
    """One piece of evidence for each part the story really uses, ordered by part.

    A part nobody vouches for has no provider, an empty licence and no commercial use: it keeps
    the story from being cleared. Raises NotFound before the story has a brief.
    """
    brief = records.load_one(Brief, story_id)
    stories = records.load(Story, story_id)
    narrations: list[Narration] = []
    images: list[SceneImage] = []
    music: list[BackgroundMusic] = []
    if brief.media:
        narrations = records.load(Narration, story_id)
        images = records.load(SceneImage, story_id)
        music = records.load(BackgroundMusic, story_id)
    with database.transaction() as connection:
        found = [
            *_texts(connection, story_id, stories),
            *_narrations(connection, brief, stories, narrations),
            *_media(connection, story_id, images, music),
        ]
    found += [*_fonts(story_id, narrations), *_sound_fonts(story_id, music)]
    return sorted(found, key=lambda part: part.component)


def _texts(
    connection: Connection, story_id: str, stories: Sequence[Story]
) -> Iterable[LicenceEvidence]:
    """Whoever wrote the very words: of the story's own calls, else of another's it could reuse."""
    written = select(evidence, provider_calls.c.output).join(
        provider_calls,
        (provider_calls.c.call_key == evidence.c.call_key)
        & (provider_calls.c.finished_attempt == evidence.c.attempt_number),
    )
    written = written.where(evidence.c.capability == Capability.WRITE)
    own: Sequence[Mapping[Any, Any]] | None = None
    for story in stories:
        component = f"text:{story.locale}"
        if story.written_by == "script":
            yield _supplied(story_id, component, "script", ())
            continue
        if own is None:
            query = written.where(evidence.c.story_id == story_id)
            own = connection.execute(query).mappings().all()
        opening = story.scenes[0].text
        rows = [row for row in own if row["output"]["scenes"][0]["text"] == opening]
        if not rows:
            elsewhere = written.where(
                provider_calls.c.capability == Capability.WRITE,
                provider_calls.c.output["scenes"][0]["text"].as_string() == opening,
            )
            rows = list(connection.execute(elsewhere.limit(1)).mappings().all())
        yield _proven(story_id, component, rows[-1:])


def _narrations(
    connection: Connection,
    brief: Brief,
    stories: Sequence[Story],
    narrations: Sequence[Narration],
) -> Iterable[LicenceEvidence]:
    """The voice of every scene, found by what it was asked."""
    if not narrations:
        return
    from content_platform.narration.speech import speak_request

    config = brief.config.narration
    texts = {story.locale: [scene.text for scene in story.scenes] for story in stories}
    for narration in narrations:
        keys = [
            call_key(
                speak_request(text, narration.locale, narration.voice, config.speed, config.lexicon)
            )
            for text in texts.get(narration.locale, [])
        ]
        query = select(evidence).where(evidence.c.call_key.in_(keys))
        rows = _newest(connection.execute(query).mappings().all())
        spoken = {row["call_key"] for row in rows}
        complete = bool(keys) and spoken == set(keys)
        yield _proven(brief.story_id, f"narration:{narration.locale}", rows if complete else [])


def _media(
    connection: Connection,
    story_id: str,
    images: Sequence[SceneImage],
    music: Sequence[BackgroundMusic],
) -> Iterable[LicenceEvidence]:
    """Whoever made the very bytes."""
    wanted: dict[str, list[str]] = {}
    for image in images:
        wanted.setdefault(f"picture:{image.scene}", []).append(image.picture.sha256)
    attributions = {}
    for cue in music:
        wanted[f"music:{cue.locale}"] = [cue.audio.sha256]
        attributions[f"music:{cue.locale}"] = cue.attribution
    if not wanted:
        return
    used = {sha for hashes in wanted.values() for sha in hashes}
    makers = select(media_assets.c.story_id).where(media_assets.c.sha256.in_(used))
    query = select(evidence).where(evidence.c.story_id.in_(makers))
    rows = connection.execute(query).mappings().all()
    brought = {f"picture:{image.scene}" for image in images if image.provider == OWN}
    for component, hashes in wanted.items():
        if component in brought:
            yield _supplied(story_id, component, OWN, hashes)
            continue
        proofs: list[Mapping[Any, Any]] = []
        for sha in hashes:
            proof = [row for row in rows if sha in row["media_sha256"]]
            if not proof:
                proofs = []
                break
            proofs += proof[-1:]
        yield _proven(
            story_id,
            component,
            _newest(proofs),
            media=hashes,
            attribution=attributions.get(component, ""),
        )


def _supplied(
    story_id: str, component: str, provider: str, media: Sequence[str]
) -> LicenceEvidence:
    """A part that a person brought: its rights are theirs to have."""
    return LicenceEvidence(
        story_id=story_id,
        component=component,
        provider=provider,
        vendor="the operator",
        model="",
        licence=BY_THE_OPERATOR,
        terms_url="",
        commercial_use=terms_of(BY_THE_OPERATOR).commercial,
        media_sha256=tuple(sorted(set(media))),
        call_key=None,
    )


def _newest(rows: Iterable[Mapping[Any, Any]]) -> list[Mapping[Any, Any]]:
    """The last attempt's evidence of each call, ordered by call."""
    newest: dict[str, Mapping[Any, Any]] = {}
    for row in sorted(rows, key=lambda row: (row["call_key"], row["attempt_number"])):
        newest[row["call_key"]] = row
    return list(newest.values())


def _proven(
    story_id: str,
    component: str,
    rows: Sequence[Mapping[Any, Any]],
    *,
    media: Sequence[str] | None = None,
    attribution: str = "",
) -> LicenceEvidence:
    """The evidence ``rows`` give for one part; of several providers, all terms hold together."""

    def said(of: Callable[[Mapping[Any, Any]], str], joined_by: str) -> str:
        return joined_by.join(dict.fromkeys(of(row) for row in rows if of(row)))

    licence = said(lambda row: str(row["licence"]), " AND ")
    terms = terms_of(licence) if rows else _UNKNOWN
    vendor, terms_url = (
        said(lambda row: str(row["vendor"]), ", "),
        said(lambda row: str(row["terms_url"]), " "),
    )
    if terms.attribution and not attribution:
        attribution = f"{component.partition(':')[0].capitalize()}: {vendor}, {licence}"
    made = media if media is not None else [sha for row in rows for sha in row["media_sha256"]]
    return LicenceEvidence(
        story_id=story_id,
        component=component,
        provider=said(lambda row: str(row["provider"]), ", "),
        vendor=vendor,
        model=said(lambda row: f"{row['model']} {row['model_version']}".strip(), ", "),
        licence=licence,
        terms_url=terms_url,
        commercial_use=terms.commercial,
        attribution=attribution,
        media_sha256=tuple(sorted(set(made))),
        call_key=str(rows[0]["call_key"]) if rows else None,
    )


def _fonts(story_id: str, narrations: Sequence[Narration]) -> Iterable[LicenceEvidence]:
    """The faces that captions and titles are set in."""
    if not narrations:
        return
    from content_platform.typography.fonts import Typeface, faces

    used = {faces(typeface, spoken.locale)[0] for typeface in Typeface for spoken in narrations}
    for family, path in sorted({(face.family, face.path) for face in used}):
        fitting = [font for font in _table()["fonts"] if family.startswith(font["begins"])]
        font = max(fitting, key=lambda each: len(each["begins"]), default=None)
        yield _bundled(story_id, f"font:{family}", family, font, path)


def _sound_fonts(story_id: str, music: Sequence[BackgroundMusic]) -> Iterable[LicenceEvidence]:
    """The instruments of what the composer played."""
    if any(cue.provider == "composer" for cue in music):
        font = _table()["sound_font"]
        file = Path(str(files("content_platform.music").joinpath("soundfont/ensemble.sf2")))
        yield _bundled(story_id, f"instruments:{font['name']}", font["name"], font, file)


def _bundled(
    story_id: str, component: str, name: str, entry: Mapping[str, str] | None, file: Path
) -> LicenceEvidence:
    licence = entry["licence"] if entry else ""
    return LicenceEvidence(
        story_id=story_id,
        component=component,
        provider="bundled" if entry else "",
        vendor=entry["vendor"] if entry else "",
        model=name,
        licence=licence,
        terms_url=entry["terms_url"] if entry else "",
        commercial_use=terms_of(licence).commercial,
        media_sha256=(_sha256_of(file),),
        call_key=None,
    )


@cache
def _sha256_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(_SOURCE.read_text(encoding="utf-8"))
    return table
