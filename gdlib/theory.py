"""What the text states in closed form, to hold runs against.

`curvature` is an eigenvalue of the Hessian (in one dimension f''), `flattest` (μ) and `steepest`
(L) are the smallest and the largest one. All functions broadcast over arrays.
"""

from math import lgamma

import numpy as np

from gdlib.needs import above_zero, memories, need


def gd_limit(curvature):
    """2/L: gradient descent settles where lr is below it, and nowhere else."""
    return 2 / above_zero("curvature", curvature)


def gd_factor(lr, curvature):
    """1 - lr·λ: what one step multiplies the distance to the bottom of a parabola by."""
    return 1 - np.asarray(lr) * np.asarray(curvature)


def gd_best_lr(flattest, steepest):
    """2/(L + μ), the learning rate with the best worst direction on a quadratic (Polyak 1964)."""
    return 2 / (above_zero("flattest", flattest) + above_zero("steepest", steepest))


def gd_best_rate(flattest, steepest):
    """(κ - 1)/(κ + 1): the factor per step at `gd_best_lr`."""
    kappa = above_zero("steepest", steepest) / above_zero("flattest", flattest)
    need(np.all(kappa >= 1), "flattest", (flattest, steepest), "at most steepest")
    return (kappa - 1) / (kappa + 1)


def steps_to(fraction, factor):
    """Steps until a distance that shrinks by |factor| a step has shrunk to `fraction` of itself.

    A real number, `ln(fraction)/ln|factor|`; 0 for a factor of 0, inf where nothing shrinks.
    """
    factor = np.abs(np.asarray(factor, dtype=float))
    with np.errstate(all="ignore"):
        steps = np.log(above_zero("fraction", fraction)) / np.log(factor)
    return np.where(factor < 1, steps + 0.0, np.inf)[()]


def momentum_limit(curvature, rho):
    """2(1 + ρ)/L: the stability limit of the heavy ball in its sum form."""
    return 2 * (1 + memories(rho)) / above_zero("curvature", curvature)


def momentum_factor(lr, curvature, rho):
    """What each step of the heavy ball multiplies the distance to the bottom of a parabola by.

    In the long run: the size of the larger root of z² - (1 + ρ - lr·λ)·z + ρ = 0 (Polyak 1964).
    It is √ρ where the roots are complex, and the ball swings to and fro; it is never below √ρ.
    """
    half = (1 + memories(rho) - np.asarray(lr) * np.asarray(curvature)) / 2
    root = np.sqrt(np.maximum(half**2 - rho, 0))
    return np.where(half**2 < rho, np.sqrt(rho), np.abs(half) + root)[()]


def momentum_best_lr(flattest, steepest, rho):
    """The best learning rate for a given ρ on a quadratic: `gd_best_lr` at ρ = 0, then Polyak's.

    Up to Polyak's ρ it is 2(1 + ρ)/(L + μ). Beyond, a whole range has the same factor √ρ a step;
    this gives its geometric mean (1 - ρ)/√(L·μ), so that lr/(1 - ρ) no longer changes.
    """
    rho = memories(rho)
    below = (1 + rho) * gd_best_lr(flattest, steepest)
    return np.minimum(below, (1 - rho) / np.sqrt(np.multiply(flattest, steepest)))


def critical_rho(lr, curvature):
    """(1 - √(lr·L))²: the ρ of critical damping; above it the heavy ball rings. For lr·L <= 1."""
    product = above_zero("lr", lr) * above_zero("curvature", curvature)
    need(np.all(product <= 1), "lr times curvature", product, "at most 1")
    return (1 - np.sqrt(product)) ** 2


def polyak(flattest, steepest):
    """(lr, rho) = (4/(√L + √μ)², ((√κ - 1)/(√κ + 1))²): the best heavy ball on a quadratic."""
    low = np.sqrt(above_zero("flattest", flattest))
    high = np.sqrt(above_zero("steepest", steepest))
    return 4 / (high + low) ** 2, ((high - low) / (high + low)) ** 2


@np.errstate(all="ignore")
def rmsprop_step(step, rho):
    """1/√(1 - ρᵗ): how long the t-th step of RMSProp is on a steady slope, in learning rates.

    `step` is t = 1, 2, ... The first, 1/√(1 - ρ), is the longest that any step can be anywhere: s
    is never less than (1 - ρ)·g².
    """
    return 1 / np.sqrt(1 - memories(rho) ** above_zero("step", step))


def rmsprop_wobble(lr, curvature, eps=0.0):
    """√(lr²/4 - ε/λ²), or 0: how far RMSProp swings to either side of a parabola's bottom at last.

    There lr/√(s + ε) has come to 2/λ, the limit of gradient descent. For ε inside the root, and
    ρ > 0.
    """
    lr, curvature = above_zero("lr", lr), above_zero("curvature", curvature)
    return np.sqrt(np.maximum(lr**2 / 4 - np.asarray(eps) / curvature**2, 0))


@np.errstate(all="ignore")
def leaky_sum(values, rho):
    """After each of the values, oldest first, ρ times the sum before plus the value: as v does.

    Shape `(steps, ...)`, as `values`. Times 1 - ρ it is the leaky average, as s is of squares.
    """
    total, sums = 0.0, np.empty(np.shape(values))
    for k, value in enumerate(values):
        sums[k] = total = memories(rho) * total + value
    return sums


def half_life(rho):
    """ln ½ / ln ρ: after how many steps a leaky sum or average has forgotten half. For ρ > 0."""
    return np.log(0.5) / np.log(above_zero("rho", memories(rho)))


def escape_steps(offset, lr, curvature=1.0, to=0.9):
    """Steps to grow from `offset` to `to` beside a ridge that bends down: a real number.

    `curvature` is the size of the downward curvature. The distance grows by 1 + lr·curvature a
    step: ln(to/offset)/ln(1 + lr·curvature). The landscape is taken for a quadratic all the way,
    so this is a little short.
    """
    growth = np.log1p(above_zero("lr", lr) * above_zero("curvature", curvature))
    return np.log(above_zero("to", to) / above_zero("offset", offset)) / growth


def batch_noise(sigma, size, rows=None):
    """σ/√B: how far the mean of `size` rows lies from the mean of all, as a root mean square.

    `rows`, how many there are, is for rows drawn without replacement: the factor
    √((n - B)/(n - 1)) comes in, and all rows together have no noise.
    """
    noise = above_zero("sigma", sigma) / np.sqrt(above_zero("size", size))
    if rows is None:
        return noise
    need(np.all(np.asarray(size) <= rows), "size", (size, rows), "at most rows")
    return noise * np.sqrt((rows - np.asarray(size)) / max(rows - 1, 1))


def noise_floor(lr, sigma, size=1):
    """lr·σ²/(4B): the mean excess loss that SGD on a quadratic comes down to at a constant lr.

    `sigma` is the noise of one row's gradient at the minimum. For lr far below 2/L; it lies higher
    at larger ones (Bottou, Curtis and Nocedal 2018).
    """
    lr, size = above_zero("lr", lr), above_zero("size", size)
    return lr * np.square(sigma) / (4 * size)


def noise_spread(lr, sigma, rho=0.0, curvature=1.0):
    """How far a noisy run on a parabola lies from the bottom in the long run, a root mean square.

    Each gradient has independent noise of size `sigma`: σ·√(lr(1 + ρ)/(λ(1 - ρ)(2(1 + ρ) - lr·λ))),
    for lr below `momentum_limit` (the stationary variance of a second-order recursion). For small
    lr it depends on lr/(1 - ρ) alone.
    """
    lr, curvature, rho = above_zero("lr", lr), above_zero("curvature", curvature), memories(rho)
    left = 2 * (1 + rho) - lr * curvature
    need(np.all(left > 0), "lr", lr, "below 2(1 + ρ)/curvature")
    return np.multiply(sigma, np.sqrt(lr * (1 + rho) / (curvature * (1 - rho) * left)))


def restarts(fraction, certainty=0.95):
    """Random starts needed to hit, with `certainty`, a basin that covers `fraction` of them.

    A whole number. Raises ValueError for a share outside (1e-15, 1).
    """
    fraction, certainty = _share("fraction", fraction), _share("certainty", certainty)
    return np.ceil(np.log1p(-certainty) / np.log1p(-fraction)).astype(int)[()]


@np.errstate(all="ignore")
def hit_chance(dimension, radius):
    """The chance that one uniform guess in [-1, 1]ᵈ falls within `radius` of the middle.

    The ball's volume over the cube's: π^(d/2)·rᵈ / (2ᵈ·Γ(d/2 + 1)), for a radius of at most 1.
    """
    d, r = above_zero("dimension", dimension), above_zero("radius", radius)
    need(np.all(d % 1 == 0), "dimension", dimension, "a whole number")
    need(np.all(r <= 1), "radius", radius, "at most 1")
    gamma = np.vectorize(lgamma, otypes=[float])(d / 2 + 1)
    return np.exp(d / 2 * np.log(np.pi) + d * np.log(r / 2) - gamma)


def _share(name, value):
    value = np.asarray(value, dtype=float)[()]
    return need(np.all((value > 1e-15) & (value < 1)), name, value, "between 0 and 1")
