"""Experiments: which story is made which way.

Pure assignment first: by hash, so that asking again gives the same answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from content_platform.steering.models import Arm, Experiment, ExperimentStatus
from content_platform.vocabulary import StoryId


def arms_for(story_id: str, experiments: Sequence[Experiment]) -> dict[str, Arm]:
    """The arm of every running experiment of the story's channel that it takes part in, by id.

    Decided by the hash of experiment and story: ``share`` of the stories take part, every arm gets
    the same part of those.
    """
    channel = StoryId.parse(story_id).channel
    arms = {}
    for experiment in experiments:
        if experiment.channel != channel or experiment.status is not ExperimentStatus.RUNNING:
            continue
        digest = hashlib.sha256(f"{experiment.experiment_id}:{story_id}".encode()).digest()
        if int.from_bytes(digest[:8]) < experiment.share * 2**64:
            number = int.from_bytes(digest[8:16]) * len(experiment.arms) >> 64
            arms[experiment.experiment_id] = experiment.arms[number]
    return arms
