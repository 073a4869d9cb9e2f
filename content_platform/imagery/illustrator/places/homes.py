"""Places where people live: rooms of a house from cellar to attic, and on rails."""

from __future__ import annotations

from content_platform.imagery.illustrator import air
from content_platform.imagery.illustrator.moment import lies
from content_platform.imagery.illustrator.places.dressing import dress
from content_platform.imagery.illustrator.places.furniture import (
    draw_armchair,
    draw_bookcase,
    draw_picture,
    draw_rug,
    draw_shelves,
    draw_table,
)
from content_platform.imagery.illustrator.places.rooms import (
    add_fireplace,
    add_pendant,
    add_window,
    draw_beams,
    enter,
    put,
)
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    gradient,
    group,
    lighter,
    line,
    mix,
    num,
    path,
    polygon,
    rect,
)
from content_platform.imagery.illustrator.stage import Post, Stage
from content_platform.imagery.illustrator.things import THINGS

# --- rooms -----------------------------------------------------------------------------------------


def living_room(stage: Stage) -> None:
    room = enter(
        stage, ("#7f6a5a", "#5f7472", "#7a6672")[stage.seed % 3], "#7d5638", pattern="stripes"
    )
    a, near, mark = room.a, room.near, room.mark
    put(room, draw_beams(room) + draw_rug(room, stage.w * 0.5, a * 2.0, "#8a4440"), 0.62)
    add_window(room, stage.w * (0.5 - near * 0.06), a * 0.56, a * 0.74)
    add_fireplace(room, mark + near * a * 0.1)
    far = stage.w / 2 - near * stage.w * 0.41
    put(
        room,
        draw_bookcase(room, far, a * 0.66, a * 1.35)
        + (draw_picture(room, mark + near * a * 0.1, 1.22, a * 0.34) if room.wall > 1.7 else ""),
        0.7,
    )
    beside = stage.w / 2 + near * stage.w * 0.45
    dress(
        room,
        [beside, far + near * a * 0.62],
        ("pictures", "clock", "coats", "plant shelf"),
        hung=True,
    )
    dress(
        room,
        [beside - near * a * 0.04, far + near * a * 0.52],
        ("pot plant", "books", "basket", "umbrellas"),
        hung=False,
        depth=0.72,
    )
    if not stage.close:
        put(room, draw_armchair(room, mark - near * a * 0.62, "#6f7f5a"), 0.8)


def kitchen(stage: Stage) -> None:
    room = enter(stage, "#8f8468", "#a06a48", boards=False)
    a, near, mark = room.a, room.near, room.mark
    put(room, draw_beams(room), 0.62)
    add_window(room, stage.w / 2, a * 0.6, a * 0.66, sill=0.72)
    put(
        room,
        draw_shelves(
            room,
            mark + near * a * 0.05,
            a * 0.95,
            ("cup", "bottle", "teapot", "bread", "basket"),
            base=1.0,
            rows=2,
        ),
        0.7,
    )
    x = mark + near * a * 0.05
    stove = (
        rect(x - a * 0.42, room.floor - a * 0.5, a * 0.84, a * 0.54, "#3f4248", round_=5)
        + rect(x - a * 0.46, room.floor - a * 0.53, a * 0.92, a * 0.05, "#5a5e66", round_=3)
        + rect(x - a * 0.24, room.floor - a * 0.3, a * 0.3, a * 0.2, "#241c1c", round_=4)
        + stage.piece(
            group(
                THINGS["teapot"]("#8a5a3c").svg,
                x=x - a * 0.2,
                y=room.floor - a * 0.53,
                scale=a * 0.0024,
            ),
            x - a * 0.2,
        )
        + stage.piece(
            rect(x + a * 0.06, room.floor - a * 0.72, a * 0.24, a * 0.19, "#8f8a84", round_=6),
            x + a * 0.18,
        )
        + rect(x + a * 0.27, -20, a * 0.08, room.floor - a * 0.5, "#3f4248")
    )
    put(
        room,
        stove,
        0.72,
        glow=rect(x - a * 0.22, room.floor - a * 0.28, a * 0.26, a * 0.16, "#ff9a40", round_=4),
    )
    stage.lamp(x - a * 0.1, room.floor - a * 0.2, a * 0.7, colour="#ff9a48", strength=0.9, halo=0.4)
    pans = "".join(
        stage.piece(
            line(f"M{num(px)} {num(room.floor - a * 1.62)}l0 {num(a * 0.1)}", "#2a2a30", 3)
            + ellipse(px, room.floor - a * 1.46, a * 0.075, a * 0.07, tone),
            px,
        )
        for px, tone in (
            (stage.w / 2 - near * a * 0.7, "#b8683c"),
            (stage.w / 2 - near * a * 0.9, "#5b5f68"),
            (stage.w / 2 - near * a * 1.1, "#b8683c"),
        )
    )
    put(
        room,
        pans
        + line(
            f"M{num(stage.w / 2 - near * a * 0.55)} {num(room.floor - a * 1.62)}L{num(stage.w / 2 - near * a * 1.25)} {num(room.floor - a * 1.62)}",
            "#3a3a42",
            6,
        ),
        0.7,
    )
    add_pendant(room, stage.w / 2 - near * a * 0.36, colour="#a85a44")
    side = stage.w / 2 - near * stage.w * 0.44
    dress(
        room, [side, side + near * a * 0.56], ("herbs", "plant shelf", "clock", "notes"), hung=True
    )
    dress(
        room,
        [stage.w / 2 + near * stage.w * 0.46, stage.w / 2 + near * a * 0.08],
        ("sacks", "basket", "broom"),
        hung=False,
        depth=0.74,
    )
    if not stage.close:
        far = stage.w / 2 - near * stage.w * 0.36
        table, top = draw_table(room, far, a * 0.9)
        put(
            room,
            table
            + stage.piece(group(THINGS["bread"]("").svg, x=far, y=top, scale=a * 0.0022), far)
            + stage.piece(
                group(THINGS["cup"]("").svg, x=far + a * 0.24, y=top, scale=a * 0.0016),
                far + a * 0.24,
            ),
            0.82,
        )


def bedroom(stage: Stage) -> None:
    room = enter(
        stage, ("#6a708f", "#7f6f86", "#66808a")[stage.seed % 3], "#8a6446", pattern="stripes"
    )
    a, near, mark = room.a, room.near, room.mark
    put(room, draw_rug(room, stage.w * 0.5, a * 1.6, "#5f6f8a"), 0.62)
    add_window(room, stage.w / 2 - near * a * 0.05, a * 0.62, a * 0.82)
    x, y = mark + near * a * 0.18, room.floor + a * 0.06
    quilt = "#8a5a6a"
    bed = path(
        f"M{num(x + near * a * 0.56)} {num(y)}L{num(x + near * a * 0.56)} {num(y - a * 0.62)}Q{num(x + near * a * 0.5)} {num(y - a * 0.8)} {num(x + near * a * 0.44)} {num(y - a * 0.62)}L{num(x + near * a * 0.44)} {num(y)}Z",
        "#5f3c26",
    )
    lo = min(x - a * 0.55, x + a * 0.5)
    bed += (
        rect(lo, y - a * 0.34, a * 1.04, a * 0.26, quilt, round_=a * 0.07)
        + rect(lo, y - a * 0.14, a * 1.04, a * 0.1, "#5f3c26")
        + ellipse(x + near * a * 0.36, y - a * 0.38, a * 0.16, a * 0.075, "#f0e8da")
        + "".join(
            rect(
                lo + a * 0.03 + k * a * 0.15,
                y - a * 0.32 + (k % 2) * a * 0.09,
                a * 0.12,
                a * 0.08,
                lighter(quilt, 0.25 if k % 2 else 0.12),
                round_=6,
                opacity=0.8,
            )
            for k in range(6)
        )
        + rect(
            x - near * a * 0.56 - a * 0.03, y - a * 0.46, a * 0.06, a * 0.48, "#5f3c26", round_=5
        )
    )
    if not lies(stage.scene):
        put(room, bed, 0.74, volume=0.2)
    night_x = x - near * a * 0.82
    table, top = draw_table(room, night_x, a * 0.32, high=0.34, y=room.floor + a * 0.06)
    lamp = THINGS["lamp"]("#c98a5a")
    size = a * 0.0028
    put(
        room,
        table
        + group(lamp.svg, x=night_x, y=top, scale=size)
        + draw_picture(room, x, 1.15, a * 0.3),
        0.76,
        glow=group(lamp.glow, x=night_x, y=top, scale=size),
    )
    stage.lamp(
        night_x, top - a * 0.18, a * 0.8, strength=0.9 if stage.light.dark else 0.4, halo=0.5
    )
    far = stage.w / 2 - near * stage.w * 0.42
    put(
        room,
        draw_bookcase(room, far, a * 0.5, a * 0.78, rows=3)
        + stage.piece(
            group(THINGS["toy bear"]("").svg, x=far, y=room.floor - a * 0.79, scale=a * 0.0022), far
        ),
        0.7,
    )
    dress(
        room,
        [far + near * a * 0.6, stage.w / 2 + near * stage.w * 0.47],
        ("pictures", "coats", "clock", "plant shelf"),
        hung=True,
    )
    dress(room, [far + near * a * 0.46], ("pot plant", "books", "basket"), hung=False)


def attic(stage: Stage) -> None:
    room = enter(stage, "#6a5240", "#7a5a40", pattern="boards")
    a, near, w = room.a, room.near, stage.w
    top = max(-20.0, room.floor - a * 2.1)
    body = ""
    for side in (-1, 1):
        edge = w / 2 + side * w * 0.5
        body += path(
            polygon(
                [
                    (edge + side * 30, room.floor - a * 0.32),
                    (edge + side * 30, -30),
                    (w / 2 + side * w * 0.12, -30),
                    (w / 2 + side * w * 0.12, top),
                ]
            ),
            "#4a382c",
        )
        for t in (0.25, 0.55, 0.85):
            x = w / 2 + side * (w * 0.12 + w * 0.38 * t)
            body += line(
                f"M{num(x)} {num(top + (room.floor - a * 0.32 - top) * t * 0.98)}L{num(x - side * a * 0.3)} -30",
                "#6f5440",
                a * 0.05,
            )
        body += line(
            f"M{num(w / 2 + side * w * 0.12)} {num(top)}L{num(edge)} {num(room.floor - a * 0.32)}",
            "#7f6048",
            a * 0.06,
        )
    put(room, body, 0.6)
    x, y, r = w / 2 - near * a * 0.02, room.floor - a * 1.16, a * 0.34
    light = stage.light
    panes = gradient("round", [(0, light.sky[1]), (1, light.sky[3])]) + circle(
        x, y, r, "url(#round)"
    )
    bars = line(
        f"M{num(x - r)} {num(y)}l{num(2 * r)} 0M{num(x)} {num(y - r)}l0 {num(2 * r)}",
        "#3f2e22",
        a * 0.025,
    )
    ring = f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(r)}" fill="none" stroke="#54402e" stroke-width="{num(a * 0.06)}"/>'
    put(
        room,
        panes + bars + ring,
        0.64,
        glow=f'<g opacity=".6">{panes}</g>' + bars.replace("#3f2e22", "#140e0a"),
    )
    stage.key_at = (x, y)
    tone = mix(light.sky[2], light.key, 0.5)
    stage.lamp(x, y, a * 1.2, colour=tone, strength=0.8, halo=0.35)
    air.rays(stage, x, y, 90 + near * 20, 26, a * 1.3, 0.34, colour=tone)
    rng = room.rng
    chest = "".join(
        group(
            THINGS["box"](rng.choice(("#7a4a30", "#5f5a48", "#6a4a5a"))).svg,
            x=px,
            y=room.floor + a * 0.05,
            scale=a * size,
        )
        for px, size in (
            (room.mark + near * a * 0.3, 0.0046),
            (room.mark + near * a * 0.95, 0.0036),
            (w / 2 - near * w * 0.43, 0.005),
        )
    )
    extra = (
        group(
            THINGS["lantern"]("").svg,
            x=room.mark + near * a * 0.3,
            y=room.floor - a * 0.32,
            scale=a * 0.0022,
        )
        + group(
            THINGS["mirror"]("").svg,
            x=w / 2 - near * w * 0.32,
            y=room.floor + a * 0.04,
            scale=a * 0.0075,
        )
        + rect(
            room.mark - near * a * 0.3 - a * 0.1,
            room.floor - a * 0.12,
            a * 0.3,
            a * 0.14,
            "#8c6a4a",
        )
        + "".join(
            rect(
                room.mark - near * a * 0.3 - a * 0.08 + k * 2,
                room.floor - a * (0.16 + 0.05 * k),
                a * 0.24,
                a * 0.048,
                tone_,
                round_=2,
            )
            for k, tone_ in enumerate(("#8c2f35", "#2f5d73", "#b07a35"))
        )
    )
    put(room, chest + extra, 0.76, rim=0.4)
    stage.lamp(room.mark + near * a * 0.3, room.floor - a * 0.4, a * 0.6, strength=0.7, halo=0.4)


def cellar(stage: Stage) -> None:
    room = enter(stage, "#5a5a64", "#54525a", boards=False, pattern="stone", cosy=0.3)
    a, near, w = room.a, room.near, stage.w
    body = ""
    for k in range(3):
        x = w * (0.18 + 0.32 * k)
        body += path(
            f"M{num(x - w * 0.17)} -30L{num(x - w * 0.17)} {num(room.floor - a * 1.0)}Q{num(x)} {num(room.floor - a * 2.1)} {num(x + w * 0.17)} {num(room.floor - a * 1.0)}L{num(x + w * 0.17)} -30Z",
            "#3f404c",
            opacity=0.8,
        ) + rect(x - w * 0.19, room.floor - a * 1.02, w * 0.04, a * 1.02, "#6a6a74")
    put(room, body, 0.62)
    barrels = ""
    for x, size in (
        (room.mark + near * a * 0.1, 1.0),
        (room.mark + near * a * 0.66, 0.92),
        (w / 2 - near * w * 0.4, 1.05),
    ):
        half, tall = a * 0.24 * size, a * 0.6 * size
        y = room.floor + a * 0.06
        barrels += (
            path(
                f"M{num(x - half)} {num(y)}q{num(-half * 0.34)} {num(-tall / 2)} 0 {num(-tall)}l{num(half * 2)} 0q{num(half * 0.34)} {num(tall / 2)} 0 {num(tall)}Z",
                "#7a5236",
            )
            + ellipse(x, y - tall, half, half * 0.22, "#5f3c26")
            + line(
                f"M{num(x - half * 1.1)} {num(y - tall * 0.24)}l{num(half * 2.2)} 0M{num(x - half * 1.1)} {num(y - tall * 0.76)}l{num(half * 2.2)} 0",
                "#34343c",
                a * 0.026,
            )
        )
    shelf = w / 2 + near * min(0.12 * w, 0.4 * a)
    goods = ("jar", "bottle", "jar", "basket")
    put(room, draw_shelves(room, shelf, 0.66 * a, goods, rows=2, base=0.66), 0.72)
    for at, size, tone in ((0.24, 0.0034, ""), (0.31, 0.0028, "#7a5a40")):
        x = w / 2 - near * w * at
        crate = group(THINGS["box"](tone).svg, x=x, y=room.floor + a * 0.08, scale=size * a)
        barrels += crate
    put(room, barrels, 0.76, volume=0.4, rim=0.4)
    torch_x = w / 2 - near * a * 0.05
    ty = room.floor - a * 1.1
    torch = put(
        room,
        line(f"M{num(torch_x)} {num(ty + a * 0.2)}L{num(torch_x)} {num(ty)}", "#5a3a24", a * 0.035)
        + rect(torch_x - a * 0.05, ty + a * 0.08, a * 0.1, a * 0.04, "#2a2a30"),
        0.74,
        glow=path(
            f"M{num(torch_x)} {num(ty + a * 0.02)}c{num(-a * 0.09)} {num(-a * 0.06)} {num(-a * 0.06)} {num(-a * 0.16)} 0 {num(-a * 0.24)}c{num(a * 0.06)} {num(a * 0.08)} {num(a * 0.09)} {num(a * 0.18)} 0 {num(a * 0.24)}Z",
            "#ffb050",
        ),
    )
    fire = stage.lamp(torch_x, ty - a * 0.08, a * 1.15, colour="#ffa050", strength=1.25, halo=0.7)
    stage.posts.append(Post(torch_x, torch, fire, half=0.06 * a, bottom=ty + 0.2 * a))


def corridor(stage: Stage) -> None:
    room = enter(stage, "#6f7066", "#6a4a3a", pattern="stripes")
    a, near, w = room.a, room.near, stage.w
    put(room, draw_rug(room, w * 0.5, a * 2.6, "#7a3036"), 0.62)
    doors = ""
    spots = [room.mark, room.mark - near * a * 1.15, w / 2 - near * w * 0.44]
    for x in spots:
        wood = "#6a4230"
        doors += (
            rect(
                x - a * 0.3, room.floor - a * 1.24, a * 0.6, a * 1.25, darker(wood, 0.35), round_=3
            )
            + rect(x - a * 0.25, room.floor - a * 1.18, a * 0.5, a * 1.18, wood)
            + "".join(
                rect(
                    x - a * 0.19 + i * a * 0.21,
                    room.floor - a * 1.08 + j * a * 0.52,
                    a * 0.17,
                    a * 0.42,
                    darker(wood, 0.22),
                    round_=3,
                )
                for i in range(2)
                for j in range(2)
            )
            + circle(x + near * a * 0.19, room.floor - a * 0.58, a * 0.025, "#d8b060")
        )
    between = room.mark - near * a * 0.58
    dress(room, [between + near * a * 0.02], ("pot plant", "umbrellas"), hung=False)
    dress(room, [room.mark - near * a * 1.78], ("coats", "clock", "pictures"), hung=True)
    crack = rect(room.mark - a * 0.26, room.floor - a * 1.17, a * 0.03, a * 1.16, "#ffcf80")
    put(
        room,
        doors + draw_picture(room, room.mark - near * a * 0.58, 1.05, a * 0.26),
        0.7,
        glow=crack,
    )
    stage.lamp(room.mark - a * 0.2, room.floor - a * 0.4, a * 0.7, strength=0.9, halo=0.5)
    for x in (room.mark + near * a * 0.55, w / 2 - near * w * 0.2):
        y = room.floor - a * 1.3
        put(
            room,
            rect(x - a * 0.012, y, a * 0.024, a * 0.14, "#c9983f")
            + path(
                polygon(
                    [
                        (x - a * 0.08, y + a * 0.03),
                        (x - a * 0.045, y - a * 0.1),
                        (x + a * 0.045, y - a * 0.1),
                        (x + a * 0.08, y + a * 0.03),
                    ]
                ),
                "#e0c090",
            ),
            0.72,
            glow=path(
                polygon(
                    [
                        (x - a * 0.075, y + a * 0.028),
                        (x - a * 0.04, y - a * 0.095),
                        (x + a * 0.04, y - a * 0.095),
                        (x + a * 0.075, y + a * 0.028),
                    ]
                ),
                "#ffd08a",
                opacity=0.8,
            ),
        )
        stage.lamp(x, y - a * 0.04, a * 0.7, strength=0.8, halo=0.4)
