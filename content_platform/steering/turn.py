"""One turn of the loop for a channel: what may change its config without a person.

The order matters: what does worse is taken back before anything new is tried, and an experiment that
is decided goes before advice, which may be about the same parameter. The Dagster asset and the
simulation both call this.
"""

from __future__ import annotations

from datetime import date

from content_platform.steering.experiments import Experiments
from content_platform.steering.models import ConfigVersion
from content_platform.steering.optimizer import Optimizer


def take_turn(
    channel: str, *, optimizer: Optimizer, experiments: Experiments
) -> ConfigVersion | None:
    """Roll back, settle experiments, apply open advice; the version rolled back to, if any.

    Each step does only what the channel's ``optimizer.mode`` allows, and is safe to repeat.
    """
    experiments.record_exposures(channel)
    returned = optimizer.roll_back_if_worse(channel)
    experiments.settle(channel)
    for proposal in optimizer.proposals(channel):
        optimizer.apply(channel, date.fromisoformat(proposal.day))
    return returned
