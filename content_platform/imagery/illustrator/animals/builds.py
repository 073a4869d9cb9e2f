"""Proportions of four-legged animals: what makes one jointed body a fox or a cow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Build:
    """Proportions of a quadruped in units of its shoulder height (100)."""

    size: float
    coat: str
    belly: str
    length: float
    chest: float
    hips: float
    leg: float
    """Leg length; the body hangs above it."""
    thick: float
    neck: float
    neck_up: float
    """Degrees the neck rises above level."""
    head: float
    muzzle: float
    ears: str
    tail: str
    dark_feet: bool = False


BUILDS: dict[str, Build] = {
    "fox": Build(
        0.34,
        "#d9712b",
        "#f6ead8",
        118,
        44,
        40,
        50,
        15,
        34,
        40,
        40,
        34,
        "pointed",
        "brush",
        dark_feet=True,
    ),
    "wolf": Build(
        0.48, "#6f7785", "#d0d2d4", 122, 52, 44, 54, 18, 38, 34, 42, 36, "pointed", "bushy"
    ),
    "dog": Build(0.36, "#a8723e", "#ecdcc0", 108, 46, 42, 50, 18, 34, 46, 42, 30, "floppy", "up"),
    "cat": Build(
        0.22, "#5a5660", "#e4ddd4", 112, 40, 40, 44, 15, 24, 44, 44, 16, "pointed", "long"
    ),
    "deer": Build(
        0.70,
        "#a0693a",
        "#e8d4b4",
        112,
        46,
        42,
        62,
        11,
        54,
        62,
        32,
        28,
        "leaf",
        "stub",
        dark_feet=True,
    ),
    "horse": Build(
        0.98,
        "#7a4a2c",
        "#8a5a38",
        122,
        52,
        50,
        58,
        15,
        62,
        50,
        34,
        42,
        "small",
        "mane",
        dark_feet=True,
    ),
    "unicorn": Build(
        0.98, "#efeaf2", "#ffffff", 122, 52, 50, 58, 14, 62, 50, 34, 40, "small", "mane"
    ),
    "donkey": Build(
        0.66,
        "#8f8a86",
        "#d8d0c6",
        116,
        54,
        52,
        50,
        15,
        44,
        46,
        38,
        38,
        "long",
        "tuft",
        dark_feet=True,
    ),
    "bear": Build(0.72, "#5f4330", "#7a5a42", 120, 66, 64, 38, 30, 26, 22, 50, 24, "round", "none"),
    "mouse": Build(
        0.10, "#9a8f88", "#e0d4cc", 118, 50, 66, 26, 12, 12, 26, 52, 26, "dish", "string"
    ),
    "goat": Build(0.42, "#d8d0c4", "#efe9df", 108, 48, 46, 50, 13, 36, 48, 34, 26, "leaf", "stub"),
    "sheep": Build(0.40, "#ece6da", "#f3ede2", 104, 54, 54, 36, 11, 24, 46, 36, 20, "leaf", "stub"),
    "cow": Build(0.80, "#8a5a3c", "#efe4d4", 132, 58, 56, 46, 18, 40, 24, 40, 30, "leaf", "string"),
    "pig": Build(0.30, "#e0a594", "#efc4b6", 124, 62, 60, 34, 18, 22, 26, 48, 22, "floppy", "stub"),
    "lion": Build(0.62, "#c9924a", "#ecd4a4", 124, 56, 46, 48, 22, 32, 40, 50, 26, "round", "tuft"),
    "elephant": Build(
        1.45, "#8a8d96", "#a0a3aa", 128, 72, 70, 42, 34, 20, 30, 62, 10, "fan", "string"
    ),
}
