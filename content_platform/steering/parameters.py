"""What may be learned about a channel, and the way of values into and out of its config.

Belongs here: the catalogue of parameters machines may move, with their bounds, and reading,
changing and comparing configs by dotted path (``narration.speed``). Who moves a parameter, and
why, is ``recommender``, ``experiments`` and ``exploration``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue, ValidationError

from content_platform.errors import BadInput, NotFound, wrong_values
from content_platform.steering.models import ChannelConfig, ConfigChange, ParameterValue
from content_platform.storage.models import Model
from content_platform.vocabulary import ArtStyle


@dataclass(frozen=True)
class NumberParameter:
    """A number machines may move within ``low`` … ``high``, by ``max_step`` in one version."""

    path: str
    low: float
    high: float
    max_step: float
    moves: str
    """What it is expected to move, in words for people."""

    def alternatives(self, current: ParameterValue) -> tuple[float, ...]:
        """Values it may be given from ``current``: half a step and a whole one, both ways.

        Empty when a person put it so far outside the bounds that no step leads back.
        """
        steps = (-1.0, -0.5, 0.5, 1.0)
        values = (round(float(current) + step * self.max_step, 3) for step in steps)
        return tuple(value for value in values if self.low <= value <= self.high)

    def ends(self, current: ParameterValue) -> tuple[float, ...]:
        """The outermost of the ``alternatives``: what is tried, as it tells most."""
        values = self.alternatives(current)
        return tuple(dict.fromkeys((values[0], values[-1]))) if values else ()

    def allows(self, current: ParameterValue, new: ParameterValue) -> bool:
        """Whether ``new`` is within the bounds and one step of ``current``."""
        if isinstance(new, str) or isinstance(current, str):
            return False
        return (
            self.low - 1e-9 <= new <= self.high + 1e-9
            and abs(new - current) <= self.max_step + 1e-9
        )


@dataclass(frozen=True)
class ChoiceParameter:
    """One of a few words."""

    path: str
    choices: tuple[str, ...]
    moves: str

    def alternatives(self, current: ParameterValue) -> tuple[str, ...]:
        """The other choices."""
        return tuple(choice for choice in self.choices if choice != current)

    def ends(self, current: ParameterValue) -> tuple[str, ...]:
        """The same: choices have no order."""
        return self.alternatives(current)

    def allows(self, current: ParameterValue, new: ParameterValue) -> bool:
        """Whether ``new`` is one of the choices."""
        return new in self.choices


Parameter = NumberParameter | ChoiceParameter

CATALOGUE: dict[str, Parameter] = {
    parameter.path: parameter
    for parameter in (
        NumberParameter("target_seconds", 30, 90, 10, "watched seconds and completion"),
        NumberParameter("narration.speed", 0.85, 1.15, 0.05, "retention"),
        NumberParameter("narration.pause_between_scenes_s", 0.2, 0.9, 0.15, "retention"),
        NumberParameter("music.level_db", -24, -10, 2, "retention"),
        ChoiceParameter("look.style", tuple(style.value for style in ArtStyle), "click-through"),
        ChoiceParameter("packaging.title_style", ("plain", "question", "promise"), "click-through"),
    )
}
"""By dotted path. Everything else in a config is a person's business."""


def learnable(config: ChannelConfig) -> tuple[Parameter, ...]:
    """The parameters machines may move on this channel; none when its optimizer is off."""
    if config.optimizer.mode == "off" or not config.active:
        return ()
    allowed = config.optimizer.parameters
    return tuple(
        parameter for path, parameter in CATALOGUE.items() if allowed is None or path in allowed
    )


def value_of(config: ChannelConfig, path: str) -> Any:
    """The value at ``path``, as the config holds it. Raises NotFound for a path it does not have."""
    value: Any = config
    for part in path.split("."):
        if isinstance(value, Model) and part in type(value).model_fields:
            value = getattr(value, part)
        elif isinstance(value, Mapping) and part in value:
            value = value[part]
        else:
            raise NotFound(
                f"A channel config has no {path!r}.",
                remedy="`content-platform config show` prints all fields.",
            )
    return value


def parameters_of(config: ChannelConfig) -> dict[str, ParameterValue]:
    """The value of every parameter in the catalogue, by path."""
    values = {path: value_of(config, path) for path in CATALOGUE}
    return {
        path: str(value) if isinstance(CATALOGUE[path], ChoiceParameter) else float(value)
        for path, value in values.items()
    }


def apply_changes(config: ChannelConfig, changes: Mapping[str, JsonValue]) -> ChannelConfig:
    """A copy of ``config`` with the values at the given paths; validated as a whole.

    Raises BadInput naming each wrong path or value, and for a change of the channel's name.
    """
    if not changes:
        return config
    data = config.model_dump(mode="json")
    for path, value in changes.items():
        *parents, last = path.split(".")
        place: Any = data
        for part in parents:
            place = place.get(part) if isinstance(place, dict) else None
        if not isinstance(place, dict):
            raise BadInput(
                f"A channel config has no {path!r}.",
                remedy="`content-platform config show` prints all fields.",
            )
        place[last] = value
    try:
        changed = ChannelConfig.model_validate(data)
    except ValidationError as error:
        raise BadInput(
            "This cannot be set:\n" + "\n".join(f"  {line}" for line in wrong_values(error)),
            remedy="Give values the fields allow; nothing was changed.",
        ) from error
    if changed.channel != config.channel:
        raise BadInput(
            f"channel: {config.channel!r} cannot be renamed to {changed.channel!r}.",
            remedy="Add a new channel with `content-platform channel add`.",
        )
    return changed


def differences(old: ChannelConfig, new: ChannelConfig) -> tuple[ConfigChange, ...]:
    """Every field in which the configs differ, in the order of the config's fields.

    Sections are entered; lists and mappings are compared whole, so that
    ``apply_changes(old, {change.path: change.new …})`` gives ``new``.
    """
    return tuple(_differences(old, new, old.model_dump(mode="json"), new.model_dump(mode="json")))


def _differences(
    old: Model, new: Model, old_data: dict[str, Any], new_data: dict[str, Any], prefix: str = ""
) -> list[ConfigChange]:
    found: list[ConfigChange] = []
    for name in type(old).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        path = f"{prefix}{name}"
        if isinstance(before, Model) and isinstance(after, Model):
            found += _differences(before, after, old_data[name], new_data[name], f"{path}.")
        else:
            found.append(ConfigChange(path=path, old=old_data[name], new=new_data[name]))
    return found
