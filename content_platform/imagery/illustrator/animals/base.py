"""What every animal is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from content_platform.imagery.illustrator.shapes import (
    Point,
    darker,
    lighter,
    limb,
    line,
    mix,
    num,
    path,
)


def is_dark(coat: str) -> bool:
    """Whether a coat is nearly black."""
    red, green, blue = (int(coat[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return 0.3 * red + 0.6 * green + 0.1 * blue < 0.26


@dataclass(frozen=True)
class Beast:
    """A drawn animal: its shapes, how tall it is in its own units, where its head is."""

    svg: str
    height: float
    head: Point
    size: float
    """Real height against a standing adult's."""
    neck: tuple[Point, Point] | None = None
    """Nape and throat: from where to where a scarf goes."""
    span: tuple[float, float] = (-90.0, 110.0)
    """How far it reaches behind and before its origin."""
    mouth: Point | None = None
    """Where its lips meet, or its beak ends; None where it has none to carry things with."""

    def with_rim(self, coat: str) -> Beast:
        """The same with a thin edge of light all round, so that a dark coat reads on the dark."""
        edge = mix(coat, "#b9c6e6", 0.5)
        rim = f'<g stroke="{edge}" stroke-width="1.9" stroke-linejoin="round">{self.svg}</g>'
        return replace(self, svg=rim + self.svg)

    def with_scarf(self, colour: str) -> Beast:
        """The same animal with a scarf around its neck."""
        if self.neck is None:
            return self
        (ax, ay), (bx, by) = self.neck
        wide = 0.34 * (((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5)
        sag = ((ax + bx) / 2 + 3, (ay + by) / 2 + wide * 0.5)
        end = (bx - 3, by + wide * 2.3)
        tail = path(limb([(bx - 4, by), end], [wide * 0.8, wide]), darker(colour, 0.12))
        fringe = "".join(
            line(
                f"M{num(end[0] + wide * t)} {num(end[1] + wide * 0.3)}l0 {num(wide * 0.45)}",
                darker(colour, 0.25),
                wide * 0.14,
            )
            for t in (-0.36, -0.12, 0.12, 0.36)
        )
        ring = path(limb([(ax, ay), sag, (bx, by)], [wide, wide * 1.1, wide]), colour)
        fold = line(
            f"M{num(ax)} {num(ay + 2)}Q{num(sag[0])} {num(sag[1] + 3)} {num(bx)} {num(by + 1)}",
            lighter(colour, 0.25),
            wide * 0.12,
            opacity=0.7,
        )
        return replace(self, svg=self.svg + fringe + tail + ring + fold)
