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
    """What is believed about the effects of some columns: a mixture of normal distributions.

    ``weights`` has shape (grid,), ``means`` (grid, columns), ``covariances``
    (grid, columns, columns).
    """

    weights: Array
    means: Array
    covariances: Array

    def mean(self, direction: Array) -> float:
        """Expected value of ``direction`` @ effects."""
        return float(self.weights @ (self.means @ direction))

    def below(self, direction: Array, limit: float) -> float:
        """Probability that ``direction`` @ effects is less than ``limit``."""
        means = self.means @ direction
        variances = np.einsum("i,gij,j->g", direction, self.covariances, direction)
        deviations = np.sqrt(np.maximum(variances, 1e-18))
        shares = [NormalDist().cdf(float(each)) for each in (limit - means) / deviations]
        return float(self.weights @ np.array(shares))

    def samples(self, count: int, seed: int) -> Array:
        """Draws of all effects together, of shape (count, columns); the same for the same seed."""
        dice = np.random.default_rng(seed)
        at = dice.choice(len(self.weights), size=count, p=self.weights)
        values, vectors = np.linalg.eigh(self.covariances)
        roots = vectors * np.sqrt(values.clip(0))[:, None, :]
        drawn = dice.standard_normal((count, self.means.shape[1]))
        return np.asarray(self.means[at] + np.einsum("nij,nj->ni", roots[at], drawn))


def respond(
    rows: Sequence[OutcomeRow], outcome: Array, variance: Array, effects: Array
) -> Posterior:
    """The posterior of the effects of the columns of ``effects`` on ``outcome``.

    ``outcome`` and ``variance`` (what chance in its measurement adds) have one value per row,
    ``effects`` (rows, columns) is scaled so that each column's effect is a priori about equally
    large. Theme, series, weekday, hour, trend and age are taken into account.
    """
    from sklearn import config_context
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import DotProduct
    from threadpoolctl import threadpool_limits

    themes, others = _one_hot([row.theme or "" for row in rows]), _nuisance(rows)
    centred = outcome - float(np.mean(outcome))
    spread = max(float(np.std(centred)), 0.05)
    kernel = DotProduct(sigma_0=0.0, sigma_0_bounds="fixed")
    width = effects.shape[1]
    padding = np.zeros((width, others.shape[1] + themes.shape[1]))
    evidence, means, covariances = [], [], []
    # One thread: small matrices gain nothing from more, and sums keep their order.
    with threadpool_limits(1), config_context(assume_finite=True, skip_parameter_validation=True):
        for effect, theme, noise in product(EFFECT_SIZES, THEME_SIZES, NOISE_SHARES):
            process: Any = GaussianProcessRegressor(
                kernel=kernel,
                alpha=variance + (noise * spread) ** 2,
                optimizer=None,
                copy_X_train=False,
            )
            process.fit(np.hstack([effects * effect, others, themes * theme]), centred)
            each = np.hstack([np.eye(width) * effect, padding])
            mean, covariance = process.predict(each, return_cov=True)
            evidence.append(float(process.log_marginal_likelihood_value_))
            means.append(mean)
            covariances.append(covariance)
    likelihood = np.exp(np.array(evidence) - max(evidence))
    return Posterior(likelihood / likelihood.sum(), np.array(means), np.array(covariances))


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
