"""The order in which a line of mixed direction is drawn (Unicode Standard Annex 9).

Rules W1-W7, N0-N2, I1-I2, L1-L2 for one line. Explicit embeddings, overrides and isolates
(X1-X10) are left out on purpose: callers remove those invisible characters first.
"""

from __future__ import annotations

import unicodedata

_BRACKETS = {
    "(": ")",
    "[": "]",
    "{": "}",
    "⟨": "⟩",
    "〈": "〉",
    "《": "》",
    "「": "」",
    "『": "』",
    "【": "】",
    "（": "）",
    "［": "］",
    "｛": "｝",
}
_CLOSING = {close: opening for opening, close in _BRACKETS.items()}
_NEUTRAL = frozenset({"B", "S", "WS", "ON"})


def embedding_levels(text: str, *, right_to_left: bool) -> list[int]:
    """The level of each character; odd levels run right to left."""
    base = int(right_to_left)
    classes = [unicodedata.bidirectional(char) or "L" for char in text]
    kept = [i for i, cls in enumerate(classes) if cls != "BN"]
    types = [classes[i] for i in kept]
    edge = "R" if right_to_left else "L"
    _resolve_weak(types, edge)
    _resolve_brackets(types, [text[i] for i in kept], edge)
    on_bracket = False
    for i, at in enumerate(kept):  # N0, last part: marks on a bracket go with it
        if on_bracket and classes[at] == "NSM":
            types[i] = types[i - 1]
        else:
            on_bracket = text[at] in _BRACKETS or text[at] in _CLOSING
    _resolve_neutral(types, edge)
    levels = [base] * len(text)
    for i, kind in zip(kept, types, strict=True):
        if base:
            levels[i] = 2 if kind in ("L", "EN", "AN") else 1
        else:
            levels[i] = {"R": 1, "EN": 2, "AN": 2}.get(kind, 0)
    for i in range(len(text)):
        if classes[i] == "BN" and i:
            levels[i] = levels[i - 1]
    # L1: separators, and white space before them or at the end of the line, keep the base level.
    trailing = True
    for i in range(len(text) - 1, -1, -1):
        if classes[i] in ("B", "S"):
            trailing = True
            levels[i] = base
        elif trailing and classes[i] in ("WS", "BN"):
            levels[i] = base
        else:
            trailing = False
    return levels


def visual_runs(levels: list[int]) -> list[tuple[int, int, int]]:
    """Stretches of one level as (start, end, level), from left to right on the line (rule L2)."""
    runs: list[tuple[int, int, int]] = []
    for i, level in enumerate(levels):
        if runs and runs[-1][2] == level:
            runs[-1] = (runs[-1][0], i + 1, level)
        else:
            runs.append((i, i + 1, level))
    for threshold in range(max(levels, default=0), 0, -1):
        i = 0
        while i < len(runs):
            j = i
            while j < len(runs) and runs[j][2] >= threshold:
                j += 1
            runs[i:j] = runs[i:j][::-1]
            i = j + 1
    return runs


def _resolve_weak(types: list[str], edge: str) -> None:
    previous = strong = edge
    for i in range(len(types)):
        if types[i] == "NSM":  # W1
            types[i] = previous
        if types[i] in ("L", "R", "AL"):
            strong = types[i]
        elif types[i] == "EN" and strong == "AL":  # W2
            types[i] = "AN"
        previous = types[i]
    types[:] = ["R" if kind == "AL" else kind for kind in types]  # W3
    for i in range(1, len(types) - 1):  # W4
        before, after = types[i - 1], types[i + 1]
        if before == after and (
            (types[i] == "CS" and before in ("EN", "AN")) or (types[i] == "ES" and before == "EN")
        ):
            types[i] = before
    i = 0
    while i < len(types):  # W5
        j = i
        while j < len(types) and types[j] == "ET":
            j += 1
        if j > i and ((i and types[i - 1] == "EN") or (j < len(types) and types[j] == "EN")):
            types[i:j] = ["EN"] * (j - i)
        i = max(j, i + 1)
    strong = edge
    for i, kind in enumerate(types):
        if kind in ("ES", "ET", "CS"):  # W6
            types[i] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":  # W7
            types[i] = "L"


def _direction(kind: str) -> str | None:
    """Numbers count as right-to-left when neutrals look at them."""
    return "L" if kind == "L" else "R" if kind in ("R", "EN", "AN") else None


def _resolve_brackets(types: list[str], chars: list[str], edge: str) -> None:
    stack: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for i, char in enumerate(chars):
        if types[i] != "ON":
            continue
        if char in _BRACKETS:
            stack.append((char, i))
        elif char in _CLOSING:
            for depth in range(len(stack) - 1, -1, -1):
                if stack[depth][0] == _CLOSING[char]:
                    pairs.append((stack[depth][1], i))
                    del stack[depth:]
                    break
    for start, end in sorted(pairs):
        inside = {_direction(kind) for kind in types[start + 1 : end]} - {None}
        if edge in inside:
            types[start] = types[end] = edge
        elif inside:
            context = next(
                (d for kind in reversed(types[:start]) if (d := _direction(kind))),
                edge,
            )
            types[start] = types[end] = context if context in inside else edge


def _resolve_neutral(types: list[str], edge: str) -> None:
    i = 0
    while i < len(types):
        if types[i] not in _NEUTRAL:
            i += 1
            continue
        j = i
        while j < len(types) and types[j] in _NEUTRAL:
            j += 1
        before = (_direction(types[i - 1]) if i else None) or edge
        after = (_direction(types[j]) if j < len(types) else None) or edge
        types[i:j] = [before if before == after else edge] * (j - i)  # N1, N2
        i = j
