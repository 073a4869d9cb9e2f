"""Things to read: letters, pages, books, maps, pictures."""

from __future__ import annotations

from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    lighter,
    line,
    num,
    path,
    rect,
    spline,
)
from content_platform.imagery.illustrator.things.base import BRASS, Thing


def book(tone: str) -> Thing:
    cover = tone or "#7a2f3a"
    body = path(
        spline(
            [
                (-62, -6),
                (-30, -14),
                (0, -4),
                (30, -14),
                (62, -6),
                (62, -2),
                (30, -8),
                (0, 2),
                (-30, -8),
                (-62, -2),
            ],
            tension=0.8,
        ),
        cover,
    )
    body += path("M0 -6C-18 -22 -44 -22 -60 -10L-56 -56C-40 -66 -18 -64 0 -50Z", "#f0e4c8") + path(
        "M0 -6C18 -22 44 -22 60 -10L56 -56C40 -66 18 -64 0 -50Z", "#e6d8b8"
    )
    body += "".join(
        line(
            f"M{num(side * 9)} {num(-43 + k * 8)}Q{num(side * 30)} {num(-54 + k * 8.4)} {num(side * 49)} {num(-49 + k * 8)}",
            "#9a8a70",
            1.7,
            opacity=0.55,
        )
        for side in (-1, 1)
        for k in range(4)
    )
    return Thing(body + line("M0 -50L0 -5", "#a8906a", 2), size=0.6)


def letter(tone: str) -> Thing:
    paper = tone or "#f0e3c6"
    body = (
        path("M-56 0L-50 -62L54 -66L58 -4Z", darker(paper, 0.12))
        + path("M-58 -2L-54 -66L50 -70L56 -6Z", paper)
        + path("M-54 -66L-2 -30L50 -70L4 -38L-6 -38Z", darker(paper, 0.2), opacity=0.8)
        + line("M-54 -65L-2 -29L50 -69", darker(paper, 0.3), 2.4)
        + line("M-57 -3L-16 -38M55 -7L14 -40", darker(paper, 0.18), 1.8)
    )
    seal = (
        circle(-2, -32, 11, "#a8262f")
        + circle(-2, -32, 7.5, darker("#a8262f", 0.2))
        + path("M-6 -34Q-2 -40 2 -34Q4 -29 -2 -26Q-8 -29 -6 -34Z", lighter("#a8262f", 0.25))
    )
    return Thing(body + seal, size=0.5)


def map_(tone: str) -> Thing:
    paper = tone or "#e6d2a4"
    body = path(
        spline(
            [
                (-66, -4),
                (-62, -60),
                (-22, -54),
                (20, -64),
                (64, -56),
                (66, -2),
                (24, -10),
                (-20, 0),
            ],
            tension=0.5,
        ),
        paper,
    )
    body += (
        line("M-48 -20Q-30 -44 -10 -28T26 -34T48 -20", "#a85a34", 2.6, opacity=0.9)
        + path("M-52 -48Q-40 -56 -30 -48Q-22 -40 -34 -36Q-50 -36 -52 -48Z", "#9fb48a", opacity=0.8)
        + path("M10 -18Q24 -26 34 -16Q30 -8 14 -10Z", "#8fb0b8", opacity=0.8)
    )
    body += line("M42 -26L54 -14M54 -26L42 -14", "#a8262f", 3.4) + line(
        "M-22 -54L-20 0M20 -64L24 -10", darker(paper, 0.25), 1.6, opacity=0.7
    )
    return Thing(body, size=0.6)


def picture(tone: str) -> Thing:
    frame = tone or "#a8803c"
    return Thing(
        rect(-48, -84, 96, 84, darker(frame, 0.3), round_=3)
        + rect(-46, -84, 92, 80, frame, round_=3)
        + rect(-36, -74, 72, 60, "#e8d8b4")
        + path("M-36 -14L-36 -34Q-14 -50 6 -34Q22 -24 36 -36L36 -14Z", "#8a9a6a")
        + circle(-14, -50, 9, "#c9a078")
        + path("M-28 -24Q-26 -42 -14 -42Q-2 -42 0 -24Z", "#6a5a7a")
        + circle(14, -46, 8, "#d2a884")
        + path("M2 -24Q4 -39 14 -39Q24 -39 26 -24Z", "#a85a4a"),
        size=0.6,
    )


def closed_book(tone: str) -> Thing:
    """A book lying on its side, its back to us."""
    cover = tone or "#7a2f3a"
    body = path("M-60 0L-60 -26Q-66 -26 -66 -13Q-66 0 -60 0Z", darker(cover, 0.25))
    body += rect(-60, -24, 116, 22, "#eadfc4")
    body += "".join(
        line(f"M-58 {num(-20 + 5 * k)}L55 {num(-20 + 5 * k)}", "#b8a888", 1.2, opacity=0.7)
        for k in range(4)
    )
    body += (
        rect(-62, -29, 122, 6, cover, round_=2)
        + rect(-62, -4, 122, 6, darker(cover, 0.2), round_=2)
        + rect(-62, -29, 14, 31, darker(cover, 0.12), round_=4)
        + rect(-60, -21, 10, 3, BRASS)
        + rect(-60, -9, 10, 3, BRASS)
    )
    return Thing(body, size=0.5)


def page(tone: str) -> Thing:
    """An unfolded letter: a sheet with two folds, lines of handwriting, a signature."""
    return _sheet(tone, tuple(-82 + row * 12 for row in range(5)), -17)


def short_letter(tone: str) -> Thing:
    """An unfolded letter of one line."""
    return _sheet(tone, (-56,), -30)


def _sheet(tone: str, rows: tuple[int, ...], signed_at: float) -> Thing:
    paper = tone or "#f2e8cf"
    ink = "#5a4a5c"
    body = path("M-40 2L-43 -92Q-10 -99 38 -95L44 0Q4 6 -40 2Z", darker(paper, 0.22))
    body += path("M-43 0L-46 -94Q-12 -101 36 -97L42 -2Q2 4 -43 0Z", paper)
    body += path("M-44.5 -62L38 -65L40 -34L-44 -32Z", darker(paper, 0.07), opacity=0.8)
    body += line(
        "M-45 -62Q-6 -66 38 -65M-44 -32Q0 -34 40 -34", darker(paper, 0.28), 1.6, opacity=0.8
    )
    for row, y in enumerate(rows):
        left, right = -34 + (12 if row == 0 and len(rows) > 1 else 0), 29 - (row * 17 + 9) % 23
        wave, x = f"M{num(left)} {num(y)}", float(left)
        while x < right:
            wave += f"q1.9 {num(-4.6 + (row + int(x)) % 3)} 3.9 0t3.9 0"
            x += 7.8
        body += line(wave, ink, 1.8, opacity=0.85)
    body += line(f"M6 {num(signed_at)}q4 -8 8 -2t8 -1q3 -6 8 1", ink, 1.9)
    return Thing(body, size=0.5)


def ticket(tone: str) -> Thing:
    card = tone or "#e0b978"
    body = path(
        "M-54 0L-54 -14A8 8 0 0 0 -54 -30L-54 -46L54 -46L54 -30A8 8 0 0 0 54 -14L54 0Z", card
    )
    body += line("M26 -44L26 -2", darker(card, 0.4), 2, opacity=0.7) + rect(
        -44, -38, 60, 30, darker(card, 0.12), round_=2
    )
    body += line("M-38 -30L8 -30M-38 -22L-2 -22M-38 -14L4 -14", darker(card, 0.55), 2.4)
    return Thing(body + circle(40, -23, 6, darker(card, 0.3)), size=0.35)


def scroll(tone: str) -> Thing:
    paper = tone or "#ead9b0"
    body = path("M-44 -8L-40 -78L42 -78L44 -8Z", paper) + "".join(
        line(
            f"M-28 {num(-66 + 11 * k)}q8 -4 16 0t16 0t{num(14 - 3 * (k % 3))} 0",
            "#5c4a3a",
            1.8,
            opacity=0.8,
        )
        for k in range(5)
    )
    for y, reach in ((-80, 52), (-8, 54)):
        body += (
            rect(-reach, y - 7, 2 * reach, 15, darker(paper, 0.1), round_=7)
            + ellipse(-reach, y, 5, 7.5, darker(paper, 0.4))
            + ellipse(reach, y, 5, 7.5, darker(paper, 0.4))
        )
    return Thing(body, size=0.5)
