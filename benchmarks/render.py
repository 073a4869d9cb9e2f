"""Measure rendering: ``make bench-render``. Writes ``benchmarks/results/render.json``.

Contenders take turns on the same films in one run, so that their ratios hold on a busy machine:
ours; one ffmpeg filter graph; MoviePy; and x264 alone on the finished frames, the physical limit.
CPU seconds are those of a whole family of processes, everything included: Python's start, decoding
of pictures, sound, joining. Details go to ``render-details.json``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import mean, median
from typing import Any

import av

from benchmarks import contenders
from benchmarks.contenders import Measured, run
from benchmarks.fidelity import ExactFilm
from benchmarks.film import DrawnStudio, Studio
from benchmarks.report import write_page
from content_platform.mediatools.loudness import measure_loudness
from content_platform.steering.models import Grade
from content_platform.video.models import (
    ClosingCard,
    Layer,
    Look,
    LowerThird,
    OpeningCard,
    Timeline,
)
from content_platform.video.profiles import PROFILES
from content_platform.vocabulary import CaptionStyle, Format, Platform, Transition

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks/results/render.json"
DETAILS = ROOT / "benchmarks/results/render-details.json"
PARTS = ("job", "peers", "films", "again", "effects", "lengths")
_JOB_ROUNDS = 2
"""How often the usual job is measured, at least."""
_CHEAP_ROUNDS = 3
"""How often peers that take seconds are measured, at least; ratios are medians of the rounds."""
_SEEN = (60, 210)
"""The frames that are compared with the exact film: two camera moves and the crossfade between."""


class Bench:
    """Runs contenders in one folder, and remembers what they took."""

    def __init__(self, folder: Path, studio: type[Studio] = Studio) -> None:
        self.folder = folder
        self.studio = studio(folder)

    def plans(self, seconds: float, formats: Iterable[Format] = tuple(Format)) -> list[Timeline]:
        return [self.studio.plan(seconds, shape) for shape in formats]

    def ours(
        self, timelines: Sequence[Timeline], *, workers: int = 2, cache: Path | None = None
    ) -> tuple[Measured, list[Path]]:
        """Render; the videos stay until the next call."""
        target = self.folder / "ours"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        files = []
        for number, timeline in enumerate(timelines):
            files.append(target / f"timeline-{number}.json")
            files[-1].write_text(timeline.model_dump_json())
        extra = ("--cache", cache) if cache else ()
        measured = run(
            contenders.command(
                "ours", self.folder / "media", target, *files, "--workers", str(workers), *extra
            )
        )
        return measured, [target / f"video-{n}.mp4" for n in range(len(timelines))]

    def python(self, contender: str, timeline: Timeline, target: Path) -> Measured:
        plan = self.folder / "timeline.json"
        plan.write_text(timeline.model_dump_json())
        return run(contenders.command(contender, self.folder / "media", target, plan))

    def frames(self, timeline: Timeline) -> Path:
        """The finished frames of a film, raw; three megabytes each at full size."""
        target = self.folder / "frames.nv12"
        self.python("frames", timeline, target)
        return target

    def encoded(
        self, frames: Path, timeline: Timeline, *, own: bool, times: int = 1
    ) -> tuple[Measured, Path]:
        target = self.folder / ("own.mp4" if own else "veryfast.mp4")
        return run(contenders.encode(frames, timeline, target, own=own, times=times)), target

    def graph(self, timeline: Timeline) -> tuple[Measured, Path]:
        target = self.folder / "graph.mp4"
        command, environment = contenders.one_graph(
            timeline, self.studio.media, self.folder, target
        )
        return run(command, **environment), target

    def moviepy(self, contender: str, timeline: Timeline) -> tuple[Measured, Path]:
        target = self.folder / f"{contender}.mp4"
        return self.python(contender, timeline, target), target


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    options.add_argument("--rounds", type=int, default=1, help="of job and peers; medians count")
    options.add_argument("--lengths", nargs="+", type=int, default=[15, 60, 180, 600])
    options.add_argument("--peer-seconds", type=int, default=15, help="the film MoviePy makes")
    options.add_argument("--folder", type=Path, help="keep pictures and videos here")
    chosen = options.parse_args()
    parts: dict[str, Callable[[Bench], tuple[dict[str, Any], dict[str, Any]]]] = {
        "job": lambda bench: job(bench, chosen.rounds),
        "peers": lambda bench: peers(bench, chosen.peer_seconds, chosen.rounds),
        "films": films,
        "again": again,
        "effects": effects,
        "lengths": lambda bench: lengths(bench, chosen.lengths),
    }
    with tempfile.TemporaryDirectory(prefix="bench-render-") as temporary:
        folder = (chosen.folder or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder)
        failed = []
        for name in chosen.parts:
            began = time.monotonic()
            try:
                figures, details = parts[name](bench)
            except Exception:
                # What is measured stays measured, and the other parts are still to come.
                traceback.print_exc()
                failed.append(name)
                continue
            _keep(RESULTS, figures)
            _keep(DETAILS, details)
            write_page()
            for figure, value in sorted(figures.items()):
                print(f"{figure:<26} {value}", flush=True)
            print(f"part {name}: {(time.monotonic() - began) / 60:.1f} min", flush=True)
    if failed:
        raise SystemExit(f"not measured, what is written of them is old: {', '.join(failed)}")


def _keep(path: Path, figures: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    before = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**before, **figures}, indent=2, sort_keys=True) + "\n")


def job(bench: Bench, rounds: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The usual job: 45 seconds in three formats, against x264 alone on the same frames."""
    timelines = bench.plans(45)
    ours: list[Measured] = []
    limits: dict[str, list[float]] = {"veryfast": [], "own": []}
    files: list[Path] = []
    limit_bytes = 0
    for _ in range(max(rounds, _JOB_ROUNDS)):
        for each in limits.values():
            each.append(0.0)
        limit_bytes = 0
        measured, files = bench.ours(timelines)
        ours.append(measured)
        for timeline in timelines:
            frames = bench.frames(timeline)
            for name, each in limits.items():
                taken, encoded = bench.encoded(frames, timeline, own=name == "own")
                each[-1] += taken.cpu_s
                if name == "veryfast":
                    limit_bytes += picture_bytes(encoded)
            frames.unlink()
        print(f"45 s x 3: ours {measured}, {limits}", flush=True)
    cpu_s = [measured.cpu_s for measured in ours]
    ratios = {
        name: median(one / limit for one, limit in zip(cpu_s, limits[name], strict=True))
        for name in limits
    }
    heard = [measure_loudness(path) for path in files]
    figures = {
        "cpu_vs_veryfast": round(ratios["veryfast"], 3),
        "cpu_vs_own_encode": round(ratios["own"], 3),
        "bytes_ratio": round(sum(map(picture_bytes, files)) / limit_bytes, 3),
        "wall_s_45x3": round(median(measured.wall_s for measured in ours), 1),
        "peak_mb": round(max(measured.peak_mb for measured in ours)),
        "lufs": round(
            max((sound.integrated_lufs for sound in heard), key=lambda x: abs(x + 14)), 2
        ),
    }
    return figures, {
        "job": {
            "cpu_s": [round(value, 1) for value in cpu_s],
            "limits_cpu_s": {name: [round(v, 1) for v in limits[name]] for name in limits},
            "true_peak_dbtp": round(max(sound.true_peak_dbtp for sound in heard), 2),
        }
    }


def peers(bench: Bench, seconds: int, rounds: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same film by everybody, and how near each comes to the exact one."""
    timeline = bench.studio.plan(seconds, Format.PORTRAIT)
    frames = bench.frames(timeline)
    exact = ExactFilm(timeline, bench.studio.media, bench.folder, *_SEEN)
    finished_ssim, finished_psnr_db = exact.compare_raw(frames)
    makers: dict[str, Callable[[], tuple[Measured, Path]]] = {
        "veryfast": lambda: bench.encoded(frames, timeline, own=False),
        "own settings": lambda: bench.encoded(frames, timeline, own=True),
        "ours": lambda: _first(bench.ours([timeline])),
        "ffmpeg graph": lambda: bench.graph(timeline),
        "moviepy": lambda: bench.moviepy("moviepy", timeline),
        "our moviepy renderer": lambda: bench.moviepy("moviepy-renderer", timeline),
    }
    taken: dict[str, list[Measured]] = {name: [] for name in makers}
    rows: dict[str, dict[str, Any]] = {}
    for number in range(max(rounds, _CHEAP_ROUNDS)):
        for name, make in makers.items():
            if number >= rounds and "moviepy" in name:
                continue  # a minute and more each, and so much slower that noise is nothing to it
            measured, video = make()
            taken[name].append(measured)
            if name not in rows:
                rows[name] = {
                    "megabytes": round(picture_bytes(video) / 1e6, 2),
                    **{key: round(value, 4) for key, value in asdict(exact.compare(video)).items()},
                }
            print(name, measured, rows[name], flush=True)
    frames.unlink()
    for name, row in rows.items():
        each = taken[name]
        row["cpu_per_s"] = round(median(one.cpu_s for one in each) / seconds, 3)
        row["wall_s"] = round(median(one.wall_s for one in each), 1)
        row["peak_mb"] = round(max(one.peak_mb for one in each))
        row["vs_veryfast"] = round(_ratio(each, taken["veryfast"]), 3)
    ours, limit = rows["ours"], rows["veryfast"]
    figures = {
        "cpu_vs_veryfast_single": round(_ratio(taken["ours"], taken["veryfast"]), 3),
        "ssim_delta": round(ours["ssim"] - limit["ssim"], 4),
        "vmaf_delta": round(ours["vmaf"] - limit["vmaf"], 2),
        "step_px": round(ours["step_px"], 4),
        "jerk_px": round(ours["jerk_px"], 4),
        "moviepy_ratio": round(_ratio(taken["moviepy"], taken["ours"]), 1),
        "moviepy_renderer_ratio": round(_ratio(taken["our moviepy renderer"], taken["ours"]), 1),
    }
    return figures, {
        "peers": rows,
        "peers_seconds": seconds,
        "finished_frames": {
            "ssim": round(finished_ssim, 4),
            "psnr_db": round(finished_psnr_db, 1),
        },
    }


def films(bench: Bench) -> tuple[dict[str, Any], dict[str, Any]]:
    """How near ours and ``veryfast`` come to the exact film elsewhere: lying, and drawn."""
    drawn = bench.folder / "drawn"
    drawn.mkdir(exist_ok=True)
    rows = []
    for name, place, shape in (
        ("landscapes, 16:9", bench, Format.LANDSCAPE),
        ("drawn pictures, 9:16", Bench(drawn, DrawnStudio), Format.PORTRAIT),
    ):
        timeline = place.studio.plan(15, shape)
        exact = ExactFilm(timeline, place.studio.media, place.folder, *_SEEN)
        frames = place.frames(timeline)
        _, theirs = place.encoded(frames, timeline, own=False)
        frames.unlink()
        _, (ours,) = place.ours([timeline])
        for contender, video in (("ours", ours), ("veryfast", theirs)):
            row = {
                "film": name,
                "contender": contender,
                "megabytes": round(picture_bytes(video) / 1e6, 2),
                **{key: round(value, 4) for key, value in asdict(exact.compare(video)).items()},
            }
            rows.append(row)
            print(row, flush=True)
    return {}, {"films": rows}


def _first(made: tuple[Measured, list[Path]]) -> tuple[Measured, Path]:
    return made[0], made[1][0]


def _ratio(one: Sequence[Measured], other: Sequence[Measured]) -> float:
    """The median over the rounds that both took part in: minutes differ more than rounds do."""
    return median(a.cpu_s / b.cpu_s for a, b in zip(one, other, strict=False))


def lengths(bench: Bench, seconds: Sequence[int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """How cost and memory grow with a film's length, and with three formats instead of one.

    ffmpeg's graph stops at one minute and x264 alone at three: they grow as steadily as they began.
    """
    rows: list[dict[str, Any]] = []
    short = bench.studio.plan(15, Format.PORTRAIT)
    frames = bench.frames(short)

    def row(contender: str, length: int, formats: int, measured: Measured, size: int) -> None:
        rows.append(
            {
                "contender": contender,
                "seconds": length,
                "formats": formats,
                "cpu_s": round(measured.cpu_s, 1),
                "wall_s": round(measured.wall_s, 1),
                "peak_mb": round(measured.peak_mb),
                "megabytes": round(size / 1e6, 1),
            }
        )
        print(rows[-1], flush=True)

    for length in seconds:
        one = bench.plans(length, [Format.PORTRAIT])
        measured, files = bench.ours(one)
        row("ours", length, 1, measured, sum(map(picture_bytes, files)))
        if length <= 60:
            measured, files = bench.ours(bench.plans(length))
            row("ours", length, 3, measured, sum(map(picture_bytes, files)))
        if length <= 180:
            measured, video = bench.encoded(frames, short, own=False, times=max(1, length // 15))
            row("veryfast", length, 1, measured, picture_bytes(video))
        if length <= 60:
            measured, video = bench.graph(one[0])
            row("ffmpeg graph", length, 1, measured, picture_bytes(video))
    frames.unlink()
    peaks = {
        row["seconds"]: row["peak_mb"]
        for row in rows
        if row["contender"] == "ours" and row["formats"] == 1
    }
    figures = {}
    if {60, 600} <= set(peaks):
        figures["peak_mb_600s_over_60s"] = round(peaks[600] / peaks[60], 2)
    return figures, {"lengths": rows}


def again(bench: Bench) -> tuple[dict[str, Any], dict[str, Any]]:
    """Rendering what was rendered before: unchanged, with one of eight pictures changed, twice."""
    cache = bench.folder / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    timeline = bench.studio.plan(45, Format.PORTRAIT)
    changed = bench.studio.plan(45, Format.PORTRAIT, changed_scene=3)
    cold, _ = bench.ours([timeline], cache=cache)
    same = [bench.ours([timeline], cache=cache)[0] for _ in range(3)]
    one, _ = bench.ours([changed], cache=cache)
    short = bench.studio.plan(15, Format.PORTRAIT)
    sums = set()
    for workers in (1, 2, 1, 2):
        _, (video,) = bench.ours([short], workers=workers)
        sums.add(hashlib.md5(video.read_bytes()).hexdigest())
    figures = {
        "rerender_unchanged_s": round(median(measured.wall_s for measured in same), 2),
        "rerender_one_image_ratio": round(one.cpu_s / cold.cpu_s, 3),
        "same_md5": len(sums) == 1,
    }
    return figures, {}


def effects(bench: Bench) -> tuple[dict[str, Any], dict[str, Any]]:
    """What each effect adds to the plain profile: CPU and bytes, on six seconds without sound.

    Each film is rendered twice, each time right after the plain one, so that no busy minute of the
    machine can shift the difference. Transitions are priced by themselves: CPU milliseconds each
    one adds to a crossfade of the same length.
    """
    plain = bench.studio.plan(6, Format.PORTRAIT, scenes=4).model_copy(update={"audio": ()})
    films = _looks(bench, plain)
    for kind in Transition:
        if kind not in (Transition.CUT, Transition.CROSSFADE):
            films[f"transition {kind}"] = _with_shots(plain, transition=kind)
    seconds, changes = plain.frames / plain.fps, len(plain.shots) - 1
    rows = []
    for name, film in films.items():
        pairs = []
        for _ in range(2):
            usual, (video,) = bench.ours([plain])
            usual_bytes = picture_bytes(video)
            measured, (video,) = bench.ours([film])
            pairs.append((usual.cpu_s, measured.cpu_s))
        extra_s = mean(with_it - usual_s for usual_s, with_it in pairs)
        rows.append(
            {
                "effect": name,
                "cpu_vs_plain": round(mean(with_it / usual_s for usual_s, with_it in pairs), 2),
                "cpu_ms_per_s": round(1000 * extra_s / seconds),
                "cpu_ms_each": round(1000 * extra_s / changes) if "transition" in name else None,
                "bytes_vs_plain": round(picture_bytes(video) / usual_bytes, 2),
            }
        )
        print(rows[-1], flush=True)
    return {}, {"effects": rows}


def _looks(bench: Bench, plain: Timeline) -> dict[str, Timeline]:
    """The plain film with one thing added, by its name."""
    grade = Grade(contrast=1.1, saturation=0.9, warmth=0.3, shadows="#203050", toning=0.2)
    near = bench.studio.layer(plain.format)
    films = {
        "colour grade": plain.model_copy(update={"look": Look(grade=grade)}),
        "vignette": plain.model_copy(update={"look": Look(vignette=0.6)}),
        "grain": plain.model_copy(update={"look": Look(grain=0.4)}),
        "parallax, one layer": _with_shots(plain, layers=(Layer(picture=near, depth=0.25),)),
        "progress bar": plain.model_copy(update={"progress_bar": "bottom"}),
        "opening and closing card": _with_cards(plain),
        "lower third": plain.model_copy(
            update={"lower_third": LowerThird(text="Midnight Tales", start=20, end=120)}
        ),
        "no captions": plain.model_copy(update={"captions": ()}),
    }
    for style in CaptionStyle:
        if style is not plain.caption_style:
            films[f"captions {style}"] = plain.model_copy(update={"caption_style": style})
    for platform in (Platform.TIKTOK, Platform.INSTAGRAM):
        films[f"for {platform}"] = plain.model_copy(update={"encoding": PROFILES[platform]})
    for quality in ("balanced", "best"):
        encoding = plain.encoding.model_copy(update={"quality": quality})
        films[f"quality {quality}"] = plain.model_copy(update={"encoding": encoding})
    return films


def _with_cards(plain: Timeline) -> Timeline:
    """The film between two cards of 0.8 seconds, in place of what is shown there."""
    card, fade = 24, 10
    first, last = plain.shots[0], plain.shots[-1]
    end = plain.frames - card
    words = {"title": "The Lamp", "channel_title": "Midnight Tales"}
    changes = {
        "shots": (
            first.model_copy(update={"start": card - fade, "fade_in": fade}),
            *plain.shots[1:-1],
            last.model_copy(update={"end": end + fade}),
        ),
        "opening": OpeningCard(**words, end=card),
        "closing": ClosingCard(**words, start=end, fade_in=fade),
    }
    return Timeline.model_validate({**plain.model_dump(), **changes})


def _with_shots(plain: Timeline, **changes: object) -> Timeline:
    shots = tuple(shot.model_copy(update=changes) for shot in plain.shots)
    return plain.model_copy(update={"shots": shots})


def picture_bytes(video: Path) -> int:
    """Bytes of the picture stream, sound and container aside."""
    with av.open(str(video)) as container:
        return sum(packet.size for packet in container.demux(video=0))


if __name__ == "__main__":
    main()
