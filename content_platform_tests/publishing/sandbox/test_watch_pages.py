"""The sandbox's pages in a real Chromium: the video plays, captions show, chapters seek."""

from __future__ import annotations

import os
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from content_platform.mediatools.ffmpeg import run_ffmpeg
from content_platform.publishing.adapters.sandbox import SandboxPlatform
from content_platform.publishing.sandbox.service import SandboxService
from content_platform.publishing.sandbox.watch import GRID, serve_sandbox
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.vocabulary import Format
from content_platform_tests.publishing.sandbox.conftest import Time

SECONDS = 3.0
_PATIENCE_MS = 30_000
CAPTIONS = """WEBVTT

00:00:00.000 --> 00:00:01.000
One lamp.

00:00:01.200 --> 00:00:02.000
One ship.

00:00:02.100 --> 00:00:03.000
One too many.
"""
_KIND = 'video/mp4; codecs="avc1.42E01E, mp4a.40.2"'
HOSTILE = '<script>alert("x")</script> & "quotes" \'too\' </title>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium or Playwright's own, if it knows H.264; without one CI fails and other
    places skip."""
    with sync_playwright() as playwright:
        system = shutil.which("chromium") or shutil.which("chromium-browser")
        if system is None and not Path(playwright.chromium.executable_path).exists():
            _missing("no Chromium: install the system's")
        started = playwright.chromium.launch(
            executable_path=system,
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        page = started.new_page()
        if not page.evaluate("kind => document.createElement('video').canPlayType(kind)", _KIND):
            _missing("this Chromium plays no H.264: install the system's")
        page.close()
        yield started
        started.close()


def _missing(said: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(said)
    pytest.skip(said)


@pytest.fixture(scope="module")
def short_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of H.264 and AAC, square."""
    made = tmp_path_factory.mktemp("video") / "short.mp4"
    run_ffmpeg(
        "-f", "lavfi", "-i", f"testsrc2=size=360x360:rate=30:duration={SECONDS}",
        "-f", "lavfi", "-i", f"sine=frequency=330:duration={SECONDS}",
        "-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast", "-g", "15",
        "-c:a", "aac", "-movflags", "+faststart", "-shortest", made,
        timeout_s=60,
    )  # fmt: skip
    return made


@pytest.fixture
def site(service: SandboxService, media: LocalMediaStore) -> Iterator[str]:
    server = serve_sandbox(service, media, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def film(upload: Any, media: LocalMediaStore, short_video: Path) -> str:
    """A published video with captions, thumbnail and chapters; its id."""
    answer = upload(
        "film",
        title="The Lamp on Gull Rock",
        format=Format.SQUARE,
        duration_s=SECONDS,
        video=media.put_file(short_video, "video/mp4"),
        captions=media.put_bytes(CAPTIONS.encode(), "text/vtt"),
        thumbnail=media.put_bytes(_picture(), "image/png"),
        chapters=((0.0, "A lamp"), (1.0, "A ship"), (2.0, "Too many")),
    )
    return str(answer.remote_id)


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page of a fresh browser window; at its end, nothing may have been complained about or
    asked of anybody else."""
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    opened = context.new_page()
    complaints: list[str] = []
    strangers: list[str] = []
    opened.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "request",
        lambda request: (
            None if request.url.startswith((site + "/", "data:")) else strangers.append(request.url)
        ),
    )
    yield opened
    context.close()
    assert complaints == []
    assert strangers == []


def test_a_video_plays_to_its_end(page: Page, site: str, film: str) -> None:
    page.goto(f"{site}/watch/{film}")
    page.evaluate("document.querySelector('video').muted = true")
    page.evaluate("document.querySelector('video').play()")
    _until(page, "document.querySelector('video').ended")
    reached = page.evaluate("document.querySelector('video').currentTime")
    assert reached == pytest.approx(SECONDS, abs=0.1)
    assert page.evaluate("document.querySelector('video').videoWidth") == 360


def test_captions_are_shown_at_their_time_without_being_asked_for(
    page: Page, site: str, film: str
) -> None:
    page.goto(f"{site}/watch/{film}")
    _until(page, "document.querySelector('track').readyState === 2")
    assert page.evaluate("document.querySelector('track').track.mode") == "showing"
    for moment, words in ((0.5, ["One lamp."]), (1.1, []), (1.6, ["One ship."])):
        shown = page.evaluate(
            """(moment) => new Promise((resolve) => {
                const video = document.querySelector("video");
                video.onseeked = () => setTimeout(() => resolve(
                    [...video.textTracks[0].activeCues].map((cue) => cue.text)), 100);
                video.currentTime = moment;
            })""",
            moment,
        )
        assert shown == words


def test_a_click_on_a_chapter_seeks_and_marks_it(page: Page, site: str, film: str) -> None:
    page.goto(f"{site}/watch/{film}")
    chapters = page.get_by_role("navigation", name="Chapters").get_by_role("link")
    expect(chapters).to_have_text(["0:00A lamp", "0:01A ship", "0:02Too many"])
    page.evaluate("document.querySelector('video').muted = true")
    chapters.nth(2).click()
    _until(page, "document.querySelector('video').currentTime >= 2")
    expect(chapters.nth(2)).to_have_attribute("aria-current", "true")
    assert page.url.endswith(film), "nothing was loaded anew"


def test_a_link_to_a_moment_opens_there(page: Page, site: str, film: str) -> None:
    page.goto(f"{site}/watch/{film}?t=2")
    _until(page, "document.querySelector('video').currentTime === 2")


def test_keys_play_seek_and_hide_captions(page: Page, site: str, film: str) -> None:
    page.goto(f"{site}/watch/{film}")
    _until(page, "document.querySelector('video').readyState > 0")
    page.evaluate("document.querySelector('video').muted = true")
    page.keyboard.press("c")
    assert page.evaluate("document.querySelector('video').textTracks[0].mode") == "hidden"
    page.keyboard.press("k")
    _until(page, "!document.querySelector('video').paused")
    page.keyboard.press("l")
    _until(page, "document.querySelector('video').ended")


def test_everything_can_be_reached_by_keyboard(page: Page, site: str, film: str) -> None:
    page.goto(f"{site}/watch/{film}")
    reached = []
    for _ in range(14):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "document.activeElement.textContent.trim() || document.activeElement.tagName"
            )
        )
    assert reached[0] == "Skip to content"
    assert {"Sandbox", "Midnight Tales", "0:01A ship"} <= set(reached)
    assert any("browser cannot play" in name for name in reached), "the player"


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 800)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_the_window_and_can_be_read(
    page: Page,
    site: str,
    film: str,
    upload: Any,
    width: int,
    height: int,
    scheme: Any,
) -> None:
    rehearsal = upload("rehearsal", title="W" * 100, traits={"text": "x" * 400}).remote_id
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    for path in ("/", "/channel/midnight-tales", f"/watch/{film}", f"/watch/{rehearsal}"):
        page.goto(site + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("h1").count() == 1, path
        assert page.evaluate(_CONTRAST) >= 4.5, path


def test_a_rehearsal_shows_its_text_and_says_so(page: Page, site: str, upload: Any) -> None:
    answer = upload(traits={"text": "The keeper counted. One ship too many answered."})
    page.goto(f"{site}/watch/{answer.remote_id}")
    expect(page.get_by_text("A rehearsal.")).to_be_visible()
    expect(page.get_by_text("One ship too many answered.")).to_be_visible()
    assert page.locator("video").count() == 0


def test_whatever_a_story_says_stays_text(
    page: Page, site: str, upload: Any, media: LocalMediaStore, short_video: Path
) -> None:
    words = {"title": HOSTILE, "description": HOSTILE, "hashtags": ('"><img src=x>',)}
    answer = upload(
        "hostile",
        account='<b>"acc/ount"',
        chapters=((0.0, HOSTILE), (1.0, "</nav>"), (2.0, "c")),
        traits={"text": HOSTILE, "series": "<i>", "episode": 2},
        format=Format.SQUARE,
        duration_s=SECONDS,
        video=media.put_file(short_video, "video/mp4"),
        **words,
    )
    text_only = upload("hostile too", account='<b>"acc/ount"', traits={"text": HOSTILE}, **words)
    for path in (f"/watch/{answer.remote_id}", f"/watch/{text_only.remote_id}", "/"):
        page.goto(site + path)
        expect(page.get_by_text(HOSTILE, exact=True).first).to_be_attached()
        assert page.locator("script").count() == 1, path
        assert page.locator("img, main b b, main i").count() == 0, path
    page.get_by_role("link", name='<B>"Acc/Ount"').click()
    expect(page.locator("h1")).to_have_text('<B>"Acc/Ount"')


def test_one_can_walk_through_a_channel(
    page: Page, site: str, service: SandboxService, upload: Any, time: Time
) -> None:
    service.configure(processing_s={}, uploads_per_day=1000)
    for number in range(GRID + 2):
        upload(f"story-{number}", title=f"Story {number}")
    page.goto(site)
    page.get_by_role("link", name="Midnight Tales").click()
    expect(page.locator("h1")).to_have_text("Midnight Tales")
    expect(page.get_by_role("listitem")).to_have_count(GRID)
    page.get_by_role("link", name="Older videos").click()
    expect(page.get_by_role("heading", level=3)).to_have_text(["Story 1", "Story 0"])
    page.get_by_role("link", name="Story 0").click()
    page.get_by_role("link", name="After this").click()
    expect(page.locator("h1")).to_have_text("Story 1")


def test_counters_are_said_to_be_simulated_and_grow(
    page: Page, site: str, film: str, time: Time
) -> None:
    views = page.locator(".counters dd").first
    page.goto(f"{site}/watch/{film}")
    before = int(views.inner_text())
    time.pass_(days=2)
    page.reload()
    assert int(views.inner_text().replace(",", "")) > before
    expect(page.get_by_text("These viewers do not exist.")).to_be_visible()
    expect(page.locator(".badge")).to_have_text("Simulated audience")
    expect(page.get_by_role("img", name="halfway")).to_be_visible()


def test_a_video_that_is_not_public_says_why(
    site: str, service: SandboxService, platform: SandboxPlatform, upload: Any, time: Time
) -> None:
    def said(video_id: object) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"{site}/watch/{video_id}", timeout=10) as answer:
                return answer.status, _words(answer.read().decode())
        except urllib.error.HTTPError as error:
            return error.code, _words(error.read().decode())

    service.fail("publish", "stuck")
    stuck = upload("stuck")
    later = upload("later", publish_at=time.now.replace(year=2027))
    gone = upload("gone")
    platform.withdraw(str(gone.remote_id))
    assert "still being processed" in said(stuck.remote_id)[1]
    assert "public on 2 March 2027, 18:00 UTC" in said(later.remote_id)[1]
    status, words = said(gone.remote_id)
    assert status == 410
    assert "withdrawn" in words
    assert said("nothing")[0] == 404
    assert "No video is public" in _words(urllib.request.urlopen(site, timeout=10).read().decode())


def _until(page: Page, condition: str) -> None:
    """Wait for a JavaScript condition. Playwright's own way needs eval, which the pages forbid."""
    page.evaluate(
        f"""async () => {{
            const start = performance.now();
            while (!({condition})) {{
                if (performance.now() - start > {_PATIENCE_MS}) throw new Error("never happened");
                await new Promise(requestAnimationFrame);
            }}
        }}"""
    )


def _words(page: str) -> str:
    """A page's text."""
    words: list[str] = []
    parser = HTMLParser()
    parser.handle_data = words.append  # type: ignore[method-assign]
    parser.feed(page)
    return " ".join("".join(words).split())


def _picture() -> bytes:
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.linear_gradient("L").save(file, "PNG")
    return file.getvalue()


_CONTRAST = """() => {
    // The lowest contrast (WCAG 2.2) between visible text and the nearest plain ground behind it.
    const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const colour = (css) => {
        paint.clearRect(0, 0, 1, 1);
        paint.fillStyle = css;
        paint.fillRect(0, 0, 1, 1);
        return paint.getImageData(0, 0, 1, 1).data;
    };
    const light = (data) => {
        const [r, g, b] = [...data].slice(0, 3).map((value) => {
            const part = value / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let lowest = 21;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        if (!node.textContent.trim() || !element.offsetParent) continue;
        if (element.closest("video, .tile, .skip")) continue;
        let ground = element;
        while (ground && colour(getComputedStyle(ground).backgroundColor)[3] === 0)
            ground = ground.parentElement;
        const pair = [
            light(colour(getComputedStyle(element).color)),
            light(colour(ground ? getComputedStyle(ground).backgroundColor : "white")),
        ].sort((a, b) => b - a);
        lowest = Math.min(lowest, (pair[0] + 0.05) / (pair[1] + 0.05));
    }
    return lowest;
}"""
