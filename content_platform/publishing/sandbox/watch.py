"""The sandbox's pages: a channel index, a channel, and a video with captions and chapters.

Pure functions make HTML of what they are given, every text escaped; ``SandboxSite`` finds what a
path asks for. Style and script are files of their own, so that the pages can forbid everything
else (Content-Security-Policy): nothing is ever loaded from another host.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from content_platform.errors import NotFound
from content_platform.publishing.models import RemoteState
from content_platform.publishing.sandbox.models import Counters, SandboxVideo, Traits
from content_platform.publishing.sandbox.service import SandboxService
from content_platform.storage.media import MediaStore
from content_platform.telemetry.media_server import Page, media_path, serve_media
from content_platform.vocabulary import Format

SHELF = 12
"""Videos of each channel on the index."""
GRID = 36
"""Videos on one page of a channel."""

_FILES = {"watch.css": "text/css; charset=utf-8", "watch.js": "text/javascript; charset=utf-8"}
_SHAPES = {Format.LANDSCAPE: "wide", Format.PORTRAIT: "tall", Format.SQUARE: "square"}
_HUES = 6
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_ICON = (
    "data:image/svg+xml,"
    + quote(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' "
        "rx='9' fill='#26243a'/><path d='M12 9l11 7-11 7z' fill='#ffc857'/></svg>"
    )
)  # fmt: skip
_LOGO = (
    '<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9"'
    ' fill="#26243a"/><path d="M12 9l11 7-11 7z" fill="#ffc857"/></svg>'
)
_DISCLAIMER = (
    "These viewers do not exist. Every number is made up by a documented model, to rehearse on."
)


def serve_sandbox(
    service: SandboxService, media: MediaStore, host: str, port: int
) -> ThreadingHTTPServer:
    """The media server with the sandbox's pages: ``/``, ``/channel/<account>``, ``/watch/<id>``.

    Start it with ``serve_forever``. Port 0 takes any free one; OSError when the address is taken.
    """
    return serve_media(media, host, port, SandboxSite(service).answer)


class SandboxSite:
    """What the site answers."""

    def __init__(self, service: SandboxService) -> None:
        self._service = service

    def answer(self, target: str) -> Page | None:
        """The page at ``target`` (path and query); None when there is none."""
        url = urlsplit(target)
        match [part for part in url.path.split("/") if part]:
            case []:
                shelves = [
                    (account, self._service.videos(account, limit=SHELF))
                    for account in self._service.accounts()
                ]
                return _html(index_page(shelves))
            case ["channel", quoted]:
                account = unquote(quoted)
                before = parse_qs(url.query).get("before", [""])[0]
                videos = self._service.videos(
                    account,
                    limit=GRID + 1,
                    before=int(before) if re.fullmatch(r"\d{1,9}", before) else None,
                )
                return _html(channel_page(account, videos)) if videos else None
            case ["watch", video_id]:
                return self._watch(video_id)
            case ["sandbox", name] if name in _FILES:
                return Page(
                    Path(__file__).with_name(name).read_bytes(),
                    _FILES[name],
                    headers={"Cache-Control": "no-cache"},
                )
        return None

    def _watch(self, video_id: str) -> Page | None:
        try:
            video = self._service.video(video_id)
        except NotFound:
            return None
        if video.state is RemoteState.PUBLIC:
            earlier, later = self._service.neighbours(video)
            return _html(watch_page(video, self._service.counters(video), earlier, later))
        gone = video.state is RemoteState.WITHDRAWN
        return _html(waiting_page(video), HTTPStatus.GONE if gone else HTTPStatus.OK)


def watch_page(
    video: SandboxVideo,
    counters: Counters,
    earlier: SandboxVideo | None = None,
    later: SandboxVideo | None = None,
) -> str:
    """The page of a public video; a rehearsal shows its text where the video would be."""
    package = video.package
    traits = Traits.model_validate(package.traits)
    shape = _SHAPES[package.format] if package.video else "text"
    facts = [f'<a href="{_channel_path(package.account)}">{_name(package.account)}</a>']
    if video.public_at is not None:
        facts.append(_time(video.public_at))
    if traits.series and traits.episode:
        facts.append(f"<span>{_name(traits.series)}, episode {traits.episode}</span>")
    if package.made_for_kids:
        facts.append("<span>Made for kids</span>")
    tags = "".join(f"<li>#{escape(tag)}</li>" for tag in package.hashtags)
    tags = f'<ul class="tags" aria-label="Hashtags">{tags}</ul>' if tags else ""
    return _page(
        package.title,
        f'<main class="watch {shape}" id="main">'
        f'<div class="stage">{_player(video) if package.video else _text(video, traits)}</div>'
        '<div class="about"><div>'
        f'<h1 lang="{escape(package.locale)}" dir="auto">{escape(package.title)}</h1>'
        f'<p class="meta">{"".join(facts)}</p></div>'
        f"{_chapters(video)}"
        f'<div><p class="description" lang="{escape(package.locale)}" dir="auto">'
        f"{escape(package.description)}</p>"
        f"{tags}</div>"
        f"{_counters(counters, package.duration_s)}</div></main>"
        f"{_onward(earlier, later)}",
    )


def index_page(shelves: Sequence[tuple[str, Sequence[SandboxVideo]]]) -> str:
    """All channels, each with its newest videos."""
    if not shelves:
        return _said(
            "Nothing here yet",
            "No video is public in the sandbox. Publish a story, and it will be here.",
        )
    sections = "".join(
        f'<section class="shelf"><header><h2><a href="{_channel_path(account)}">{_name(account)}'
        f"</a></h2></header>{_grid(videos)}</section>"
        for account, videos in shelves
    )
    return _page(
        "Channels",
        '<main id="main"><h1 class="lead">Everything that is public in the sandbox, by channel</h1>'
        f"{sections}</main>",
    )


def channel_page(account: str, videos: Sequence[SandboxVideo]) -> str:
    """A channel's videos, newest first; with more than ``GRID`` of them a link to the rest."""
    shown = videos[:GRID]
    more = ""
    if len(videos) > GRID:
        query = urlencode({"before": shown[-1].number})
        more = f'<a class="more" href="{_channel_path(account)}?{query}">Older videos →</a>'
    return _page(
        _plain_name(account),
        '<main id="main"><section class="shelf"><header>'
        f"<h1>{_name(account)}</h1></header>{_grid(shown)}{more}</section></main>",
    )


def waiting_page(video: SandboxVideo) -> str:
    """What is said of a video that is not, or no longer, public."""
    title = video.package.title
    match video.state:
        case RemoteState.SCHEDULED if video.public_at is not None:
            return _said(title, f"This video will be public on {_time(video.public_at)}.")
        case RemoteState.PRIVATE:
            return _said(title, "This video is private.")
        case RemoteState.REFUSED:
            return _said(title, "The sandbox did not accept this video.")
        case RemoteState.WITHDRAWN:
            return _said("This video is gone", "It was withdrawn by its channel.")
        case _:
            return _said(title, "This video is still being processed.")


# Parts


def _player(video: SandboxVideo) -> str:
    package = video.package
    assert package.video is not None
    poster = f' poster="{media_path(package.thumbnail)}"' if package.thumbnail else ""
    track = ""
    if package.captions is not None:
        track = (
            f'<track kind="captions" src="{media_path(package.captions)}"'
            f' srclang="{escape(package.locale)}" label="{escape(package.locale)}" default>'
        )
    return (
        f'<video controls playsinline preload="metadata"{poster}'
        f' aria-label="{escape(package.title)}">'
        f'<source src="{media_path(package.video)}" type="{escape(package.video.mime)}">'
        f"{track}Your browser cannot play this video.</video>"
    )


def _text(video: SandboxVideo, traits: Traits) -> str:
    words = traits.text or video.package.description
    return (
        '<article class="sheet"><p class="note"><strong>A rehearsal.</strong> This story was made'
        " without pictures and sound; this is its text.</p>"
        f'<div lang="{escape(video.package.locale)}" dir="auto">{_paragraphs(words)}</div></article>'
    )


def _paragraphs(words: str) -> str:
    """Blocks of a few sentences each: a narration comes without line breaks."""
    blocks = [block for block in re.split(r"\n\s*\n", words.strip()) if block]
    if len(blocks) == 1:
        sentences = re.split(r"(?<=[.!?…。！？”\"])\s+(?=\S)", blocks[0])
        blocks = [" ".join(sentences[start : start + 4]) for start in range(0, len(sentences), 4)]
    return "".join(f"<p>{escape(block)}</p>" for block in blocks)


def _chapters(video: SandboxVideo) -> str:
    package = video.package
    if not package.chapters or package.video is None:
        return ""
    entries = "".join(
        f'<li><a href="?{urlencode({"t": f"{start:g}"})}" data-start="{start:g}">'
        f"<time>{_length(start)}</time>"
        f'<span lang="{escape(package.locale)}" dir="auto">{escape(name)}</span></a></li>'
        for start, name in package.chapters
    )
    return (
        '<nav class="panel chapters" aria-labelledby="chapters"><h2 id="chapters">Chapters</h2>'
        f"<ol>{entries}</ol></nav>"
    )


def _counters(counters: Counters, duration_s: float) -> str:
    watched = counters.watch_seconds / counters.views if counters.views else None
    entries = [
        ("Views", f"{counters.views:,}"),
        ("Likes", f"{counters.likes:,}"),
        ("Comments", f"{counters.comments:,}"),
        ("Average watch", "–" if watched is None else f"{watched:.0f} s"),
    ]
    listed = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in entries)
    return (
        '<section class="panel" aria-labelledby="audience"><h2 id="audience">Simulated audience,'
        f' so far</h2><dl class="counters">{listed}</dl>{_stay(counters, duration_s)}'
        f"<small>{_DISCLAIMER}</small></section>"
    )


def _stay(counters: Counters, duration_s: float) -> str:
    """The retention curve; nothing without viewers."""
    if counters.retention is None:
        return ""
    steps = len(counters.retention) - 1
    points = " ".join(
        f"{100 * index / steps:g},{40 * (1 - share):.2f}"
        for index, share in enumerate(counters.retention)
    )
    halfway, end = counters.retention[steps // 2], counters.retention[-1]
    said = f"{halfway:.0%} of viewers are there halfway, {end:.0%} at the end"
    return (
        f'<figure class="stay"><svg viewBox="0 0 100 40" preserveAspectRatio="none" role="img"'
        f' aria-label="{said}"><polygon class="area" points="0,40 {points} 100,40"/>'
        f'<line class="base" x1="0" y1="40" x2="100" y2="40"/>'
        f'<polyline class="line" points="{points}"/></svg>'
        f"<figcaption><span>0:00</span><span>{said}</span><span>{_length(duration_s)}</span>"
        "</figcaption></figure>"
    )


def _onward(earlier: SandboxVideo | None, later: SandboxVideo | None) -> str:
    if earlier is None and later is None:
        return ""
    links = "".join(
        f'<a class="{kind}" rel="{rel}" href="/watch/{video.video_id}">{_tile(video)}'
        f"<span><small>{said}</small>{escape(video.package.title)}</span></a>"
        for video, kind, rel, said in (
            (earlier, "earlier", "prev", "Before this"),
            (later, "later", "next", "After this"),
        )
        if video is not None
    )
    return f'<nav class="onward" aria-label="More of this channel">{links}</nav>'


def _grid(videos: Sequence[SandboxVideo]) -> str:
    cards = "".join(
        f'<li class="card {_SHAPES[video.package.format]}"><a href="/watch/{video.video_id}">'
        f"{_tile(video)}<h3>{escape(video.package.title)}</h3></a>"
        f"<small>{_day(video.public_at) if video.public_at else ''}"
        f"{'' if video.package.video else ' · rehearsal'}</small></li>"
        for video in videos
    )
    return f'<ul class="grid">{cards}</ul>'


def _tile(video: SandboxVideo) -> str:
    package = video.package
    length = f'<span class="length">{_length(package.duration_s)}</span>'
    if package.thumbnail is not None:
        return (
            f'<span class="tile"><img src="{media_path(package.thumbnail)}" alt="" loading="lazy">'
            f"{length}</span>"
        )
    hue = (video.number or 0) % _HUES
    title = escape(package.title)
    return f'<span class="tile hue-{hue}"><b aria-hidden="true">{title}</b>{length}</span>'


def _said(title: str, sentence: str) -> str:
    """A page of one sentence, which is HTML already."""
    return _page(
        title,
        f'<main id="main"><div class="said"><h1>{escape(title)}</h1><p>{sentence}</p>'
        '<a class="more" href="/">All channels</a></div></main>',
    )


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · Sandbox (simulated)</title>"
        f'<link rel="icon" href="{_ICON}"><link rel="stylesheet" href="/sandbox/watch.css">'
        '<script src="/sandbox/watch.js" defer></script></head><body>'
        '<a class="skip" href="#main">Skip to content</a>'
        f'<header class="top"><a class="brand" href="/">{_LOGO}Sandbox</a>'
        '<span class="badge">Simulated audience</span></header>'
        f'{body}<footer class="foot">A pretend platform for rehearsals: stories, voices, pictures'
        " and music are made with AI, viewers are made up.</footer></body></html>"
    )


def _html(page: str, status: HTTPStatus = HTTPStatus.OK) -> Page:
    headers = {
        "Content-Security-Policy": _POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Page(page.encode(), status=status, headers=headers)


def _channel_path(account: str) -> str:
    return f"/channel/{quote(account, safe='')}"


def _plain_name(account: str) -> str:
    return account.replace("-", " ").title()


def _name(account: str) -> str:
    return escape(_plain_name(account))


def _time(moment: datetime) -> str:
    return f'<time datetime="{moment.isoformat()}">{moment.day} {moment:%B %Y, %H:%M} {moment:%Z}</time>'


def _day(moment: datetime) -> str:
    return f'<time datetime="{moment.isoformat()}">{moment.day} {moment:%b %Y}</time>'


def _length(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
