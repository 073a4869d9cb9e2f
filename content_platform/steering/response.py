"""How an audience answers: a regression of a story's outcome on what was chosen for it.

Belongs here: the statistics that the recommender and the regression check share, on plain numbers.
What is regressed on, and what follows from it, is theirs.

Outcome = effects of interest + theme + series + weekday + hour + trend + age + noise, all linear in
their columns with normal priors: a Gaussian process with a linear kernel. How large effects,
themes and noise typically are is not known beforehand; it is integrated over a grid, each point
weighted by its marginal likelihood (Rasmussen & Williams, Gaussian Processes for Machine Learning,
2006, sections 2.1 and 5.4.1). So thin data keep their uncertainty instead of being overfitted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from content_platform.steering.models import ParameterValue
from content_platform.steering.outcomes import OutcomeRow
from content_platform.steering.parameters import ChoiceParameter, Parameter

Array = NDArray[np.float64]

EFFECT_SIZES = (0.03, 0.1, 0.25)
"""Typical effect of a parameter over half its range, as a logarithm: 3 % to 28 %."""
THEME_SIZES = (0.03, 0.12, 0.3)
NOISE_SHARES = (0.4, 0.6, 0.8, 1.0)
"""Noise as a share of the outcome's standard deviation."""


@dataclass(frozen=True)
class Posterior:
    """What is believed about some contrasts of effects: a mixture of normal distributions.

    ``weights`` has shape (grid,), ``means`` and ``deviations`` (grid, contrasts).
    """

    weights: Array
    means: Array
    deviations: Array

    def mean(self) -> Array:
        """Expected value of each contrast."""
        return np.asarray(self.weights @ self.means)

    def below(self, limit: float) -> Array:
        """Probability that each contrast is less than ``limit``."""
        cumulative = np.vectorize(NormalDist().cdf)
        deviations = np.maximum(self.deviations, 1e-12)
        return np.asarray(self.weights @ cumulative((limit - self.means) / deviations))

    def samples(self, count: int, seed: int) -> Array:
        """Draws of shape (count, contrasts); the same for the same seed."""
        dice = np.random.default_rng(seed)
        at = dice.choice(len(self.weights), size=count, p=self.weights)
        drawn = dice.standard_normal((count, 1))
        return np.asarray(self.means[at] + drawn * self.deviations[at])


def contrasts(
    rows: Sequence[OutcomeRow],
    outcome: Array,
    variance: Array,
    effects: Array,
    wanted: Array,
    *,
    adjust: bool = True,
) -> Posterior:
    """The posterior of ``wanted`` (contrasts, columns) @ the effects of the columns of ``effects``.

    ``outcome`` and ``variance`` (what chance in its measurement adds) have one value per row,
    ``effects`` (rows, columns) is scaled so that each column's effect is a priori about equally
    large. ``adjust`` also takes theme, weekday, hour, trend and age into account.
    """
    from sklearn import config_context
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import DotProduct
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    themes = _one_hot([row.theme or "" for row in rows])
    others = _nuisance(rows) if adjust else np.ones((len(rows), 1))
    centred = outcome - float(np.mean(outcome))
    spread = max(float(np.std(centred)), 0.05)
    kernel = DotProduct(sigma_0=0.0, sigma_0_bounds="fixed")
    width = effects.shape[1]
    padding = np.zeros((width, others.shape[1] + (themes.shape[1] if adjust else 0)))
    evidence, means, deviations = [], [], []
    grid = product(EFFECT_SIZES, THEME_SIZES if adjust else (0.0,), NOISE_SHARES)
    # One thread: small matrices gain nothing from more, and sums keep their order.
    with threadpool_limits(1), config_context(assume_finite=True, skip_parameter_validation=True):
        for effect, theme, noise in grid:
            parts = [effects * effect, others, *([themes * theme] if adjust else [])]
            process: Any = GaussianProcessRegressor(
                kernel=kernel,
                alpha=variance + (noise * spread) ** 2,
                optimizer=None,
                copy_X_train=False,
            )
            process.fit(np.hstack(parts), centred)
            each = np.hstack([np.eye(width) * effect, padding])
            mean, covariance = process.predict(each, return_cov=True)
            evidence.append(float(process.log_marginal_likelihood_value_))
            means.append(wanted @ mean)
            deviations.append(np.sqrt(np.einsum("ij,jk,ik->i", wanted, covariance, wanted).clip(0)))
    likelihood = np.exp(np.array(evidence) - max(evidence))
    return Posterior(likelihood / likelihood.sum(), np.array(means), np.array(deviations))


def place(parameters: Mapping[str, ParameterValue], catalogue: Sequence[Parameter]) -> Array:
    """Parameters as columns: linear and quadratic in numbers (-1 … 1 over the range), one-hot in choices."""
    columns: list[float] = []
    for parameter in catalogue:
        value = parameters.get(parameter.path)
        if isinstance(parameter, ChoiceParameter):
            columns += [math.sqrt(0.5) * (value == choice) for choice in parameter.choices]
        elif isinstance(value, int | float):
            middle = (parameter.low + parameter.high) / 2
            unit = (value - middle) / (parameter.high - middle)
            columns += [unit, unit**2]
        else:
            columns += [0.0, 0.0]
    return np.array(columns)


def _one_hot(words: Sequence[str]) -> Array:
    known = sorted(set(words))
    return np.array([[float(word == name) for name in known] for word in words])


def _nuisance(rows: Sequence[OutcomeRow]) -> Array:
    """What also moves outcomes, each column scaled to its typical size (prior deviation 1)."""
    start, end = rows[0].published_at, rows[-1].published_at
    span = max((end - start).total_seconds(), 1.0)
    columns = []
    for row in rows:
        angle = 2 * math.pi * row.hour / 24
        columns.append(
            [
                1.0,
                0.1 * (2 * (row.published_at - start).total_seconds() / span - 1),
                0.1 * (row.age_days - 3),
                0.12 * math.sin(angle),
                0.12 * math.cos(angle),
                *(0.1 * (row.weekday == day) for day in range(7)),
            ]
        )
    return np.hstack([np.array(columns), 0.12 * _one_hot([row.series or "" for row in rows])])
