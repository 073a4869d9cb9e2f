"""Places where people work or sell."""

from __future__ import annotations

from content_platform.imagery.illustrator.moment import is_at_a_door
from content_platform.imagery.illustrator.places.dressing import dress
from content_platform.imagery.illustrator.places.floors import draw_runner
from content_platform.imagery.illustrator.places.furniture import (
    add_counter,
    draw_bookcase,
    draw_shelves,
    draw_wall_clocks,
)
from content_platform.imagery.illustrator.places.rooms import (
    add_pendant,
    add_window,
    draw_beams,
    enter,
    put,
)
from content_platform.imagery.illustrator.places.trades import trade_of
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    lighter,
    line,
    num,
    path,
    polygon,
    rect,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.things.base import clock_face


def clock_shop(stage: Stage) -> None:
    room = enter(stage, "#8c664a", "#80583a", pattern="boards", lamp="#ffb85c")
    a, near, mark, w = room.a, room.near, room.mark, stage.w
    put(room, draw_beams(room), 0.62)
    add_window(room, w / 2 - near * w * 0.33, a * 0.6, a * 0.8)
    put(
        room,
        draw_wall_clocks(room, w * 0.36, w * 0.98, max(4, int(w / a * 2.2)))
        if near > 0
        else draw_wall_clocks(room, w * 0.02, w * 0.64, max(4, int(w / a * 2.2))),
        0.68,
    )
    put(
        room,
        draw_shelves(
            room, mark, a * 1.1, ("clock face", "clock", "clock face", "box"), rows=2, base=0.66
        ),
        0.7,
    )
    grand = w / 2 + near * w * 0.44
    case = "#5a3420"
    body = (
        rect(grand - a * 0.17, room.floor - a * 1.2, a * 0.34, a * 1.22, case, round_=6)
        + path(
            f"M{num(grand - a * 0.2)} {num(room.floor - a * 1.18)}Q{num(grand)} {num(room.floor - a * 1.52)} {num(grand + a * 0.2)} {num(room.floor - a * 1.18)}Z",
            lighter(case, 0.1),
        )
        + rect(
            grand - a * 0.1, room.floor - a * 0.86, a * 0.2, a * 0.6, darker(case, 0.6), round_=4
        )
        + line(
            f"M{num(grand)} {num(room.floor - a * 0.86)}L{num(grand + a * 0.03)} {num(room.floor - a * 0.44)}",
            "#d8b060",
            4,
        )
        + circle(grand + a * 0.03, room.floor - a * 0.42, a * 0.05, "#e8c070")
        + clock_face(grand, room.floor - a * 1.06, a * 0.125, "#c9983f")
    )
    put(room, body, 0.72)
    add_pendant(room, w / 2 + near * a * 0.02, drop=1.42)
    rug = ("#7a3f3a", "#3f5a6a")[stage.seed % 2]
    put(room, draw_runner(stage, w * 0.46, room.floor + a * 0.27, a * 1.8, a, rug), 0.62)
    side = w / 2 - near * w * 0.46
    dress(room, [side, side + near * a * 0.4], ("books", "umbrellas", "basket"), hung=False)
    if not stage.close:
        add_counter(room, mark - near * a * 0.1, a * 1.2, ("clock", "watch", "gear"))


def workshop(stage: Stage) -> None:
    room = enter(stage, "#77624c", "#7a5a40", pattern="boards", lamp="#ffbe6a")
    a, near, mark, w = room.a, room.near, room.mark, stage.w
    put(room, draw_beams(room), 0.62)
    add_window(room, w / 2 - near * w * 0.3, a * 0.7, a * 0.66, sill=0.72)
    board = rect(mark - a * 0.55, room.floor - a * 1.42, a * 1.1, a * 0.6, "#8a6a48", round_=4)
    for k, x in enumerate((-0.42, -0.28, -0.12, 0.06, 0.22, 0.4)):
        px, py = mark + a * x, room.floor - a * 1.32
        board += line(
            f"M{num(px)} {num(py)}l0 {num(a * (0.26 + 0.05 * (k % 3)))}",
            ("#5a3a24", "#6f7680")[k % 2],
            a * 0.022,
        )
        board += (
            rect(px - a * 0.05, py, a * 0.1, a * 0.05, "#6f7680", round_=3)
            if k % 3 == 0
            else circle(px, py + a * 0.02, a * 0.035, "#8f969e")
            if k % 3 == 1
            else path(
                polygon(
                    [
                        (px - a * 0.03, py + a * 0.18),
                        (px + a * 0.07, py + a * 0.18),
                        (px + a * 0.07, py + a * 0.4),
                        (px - a * 0.01, py + a * 0.4),
                    ]
                ),
                "#9aa2aa",
            )
        )
    put(
        room,
        board
        + draw_shelves(
            room, w / 2 + near * w * 0.42, a * 0.6, ("box", "bottle", "book", "lantern"), rows=3
        ),
        0.7,
    )
    add_pendant(room, mark - near * a * 0.2, drop=1.5, colour="#4f6a5f")
    side = w / 2 - near * w * 0.46
    dress(
        room, [side, w / 2 - near * w * 0.08], ("notes", "clock", "plant shelf", "coats"), hung=True
    )
    dress(
        room,
        [side, side + near * a * 0.42, w / 2 + near * w * 0.47],
        ("basket", "broom", "books", "sacks"),
        hung=False,
    )
    trade = trade_of(stage.scene)
    if trade.floor and trade.sign == "hammer":  # a smithy
        put(room, trade.floor(room, mark), 0.84, rim=0.3)
    elif not stage.close:
        add_counter(room, mark - near * a * 0.05, a * 1.3, ("gear", "lamp", "box"))


def bakery(stage: Stage) -> None:
    room = enter(stage, "#b7a78c", "#94755c", boards=False, lamp="#ffc98a")
    a, near, mark, w = room.a, room.near, room.mark, stage.w
    put(room, draw_beams(room), 0.62)
    add_window(room, w / 2 - near * w * 0.32, a * 0.66, a * 0.74)
    x = w / 2 + near * w * 0.4
    oven = path(
        f"M{num(x - a * 0.5)} {num(room.floor)}L{num(x - a * 0.5)} {num(room.floor - a * 0.66)}Q{num(x)} {num(room.floor - a * 1.36)} {num(x + a * 0.5)} {num(room.floor - a * 0.66)}L{num(x + a * 0.5)} {num(room.floor)}Z",
        "#a05a44",
    ) + path(
        f"M{num(x - a * 0.22)} {num(room.floor - a * 0.4)}Q{num(x)} {num(room.floor - a * 0.8)} {num(x + a * 0.22)} {num(room.floor - a * 0.4)}Z",
        "#221414",
    )
    put(
        room,
        oven
        + draw_shelves(
            room,
            mark - near * a * 0.1,
            a * 1.0,
            ("bread", "bread", "cake", "basket"),
            rows=2,
            base=0.8,
        ),
        0.7,
        glow=path(
            f"M{num(x - a * 0.18)} {num(room.floor - a * 0.41)}Q{num(x)} {num(room.floor - a * 0.66)} {num(x + a * 0.18)} {num(room.floor - a * 0.41)}Z",
            "#ff9a40",
        ),
    )
    stage.lamp(x, room.floor - a * 0.45, a * 0.9, colour="#ffa25a", strength=0.85, halo=0.4)
    add_pendant(room, w / 2, drop=1.5, colour="#b5563c")
    side = w / 2 - near * w * 0.46
    dress(
        room, [side, w / 2 - near * w * 0.1], ("herbs", "plant shelf", "clock", "notes"), hung=True
    )
    dress(room, [side, side + near * a * 0.5], ("sacks", "basket", "broom"), hung=False)
    if not stage.close:
        add_counter(room, mark - near * a * 0.3, a * 1.2, ("bread", "cake", "basket"))


def shop(stage: Stage) -> None:
    trade = trade_of(stage.scene)
    room = enter(stage, "#71624f", "#76523a", pattern="boards", lamp="#ffbe6a")
    a, near, mark, w = room.a, room.near, room.mark, stage.w
    put(room, draw_beams(room), 0.62)
    door = is_at_a_door(stage.scene) and not stage.close
    narrow = door and stage.frame.tall  # the door fills the wall
    if not narrow:
        add_window(room, w / 2 - near * w * 0.33, a * 0.64, a * 0.8)
    goods = trade.goods
    if trade.sign == "book":
        put(
            room,
            draw_bookcase(room, mark, a * 1.2, a * 1.6, rows=6)
            + draw_bookcase(room, mark + near * a * 1.25, a * 1.1, a * 1.6, rows=6),
            0.7,
        )
    else:
        free = room.wall_beside_windows(mark - 1.4 * a, mark + 1.4 * a)
        middle = mark - near * a * (0.22 if trade.floor else 0.0)
        middle = max(middle, free[0] + 0.46 * a) if near > 0 else min(middle, free[1] - 0.46 * a)
        before = (
            ""  # where the door is
            if door
            else trade.wall(room, middle)
            if trade.wall
            else draw_shelves(room, mark, a * 1.1, goods, rows=3, base=0.64)
        )
        put(
            room,
            before + draw_shelves(room, mark + near * a * 1.25, a * 1.0, goods, rows=3, base=0.64),
            0.7,
        )
    if door:
        room.hung.append((stage.layout.subject_x - 0.52 * a, stage.layout.subject_x + 0.52 * a))
    add_pendant(room, w / 2, drop=1.45)
    side = w / 2 - near * w * 0.46
    rug = ("#7a3f3a", "#3f5a6a", "#5f6a3f")[stage.seed % 3]
    put(room, draw_runner(stage, w * 0.46, room.floor + a * 0.27, a * 1.8, a, rug), 0.62)
    dress(
        room,
        [w / 2 - near * w * 0.08, side],
        ("coats", "plant shelf", "clock", "pictures"),
        hung=True,
    )
    dress(
        room,
        [side, side + near * a * 0.44],
        ("pot plant", "umbrellas", "basket", "books"),
        hung=False,
    )
    # Beside the stool that a line speaks of there is no room in a tall picture.
    full = narrow or (stage.frame.tall and any("stool" in words for words in stage.scene.props))
    if not stage.close and not full:
        if trade.floor:
            aside = 0.04 if not trade.wall else 0.1 if stage.frame.tall else 0.3
            put(
                room,
                trade.floor(room, mark + near * a * aside),
                0.84,
                rim=0.3,
                volume=0.1,
            )
        elif not door:
            add_counter(room, mark - near * a * 0.1, a * 1.2, goods[:3])
