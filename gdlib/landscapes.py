"""Loss landscapes as records: height, slope, and what is worth looking at.

Cubes are written x·x²: squaring is one multiplication, any other power costs fifty.

A point `w` has shape `(d, ...)`: coordinates first, any batch after. Unpack it and the code reads
like the formula: `x, y = w`. The same function takes a point, a path, a mesh or a batch.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from itertools import product

import numpy as np

from gdlib.needs import answer, array, columns, need, positive, real, shaped, whole, written
from gdlib.sampling import of_word


@dataclass(frozen=True, eq=False)
class Landscape:
    """A loss `f`, its gradient, and the places on it that have names.

    `f` maps `(d, ...)` to `(...)` and `grad` maps `(d, ...)` to `(d, ...)`. `window` is
    `((low, high), ...)`, one pair per coordinate. `minima` and `saddles` have shape `(d, k)`, the
    lowest minimum first; in one dimension a flat inflection counts as a saddle. `start` is `(d,)`.
    Raises ValueError for other shapes, and for a stated place where `grad` does not vanish.
    """

    name: str
    f: Callable
    grad: Callable
    window: tuple
    start: np.ndarray
    minima: np.ndarray = field(default=None)
    saddles: np.ndarray = field(default=None)

    def __post_init__(self):
        ends = array("window", self.window)
        pairs = ends.ndim == 2 and ends.shape[1] == 2 and np.isfinite(ends).all()
        good = pairs and ends.size and (ends[:, 0] < ends[:, 1]).all()
        need(good, "window", self.window, "pairs (low, high), as in ((-2, 2),) for one parameter")
        d = len(ends)
        start = array("start", self.start)
        good = start.shape in ((), (d,)) and start.size == d and np.isfinite(start).all()
        need(good, "start", self.start, f"{d} finite numbers, one for each pair of window")
        minima, saddles = (columns(n, getattr(self, n), d) for n in ("minima", "saddles"))
        f, grad = _of_points("f", self.f, d), _of_points("grad", self.grad, d)
        heights = f(ends)
        need(np.shape(heights) == (2,), "what f returns of two points", heights, "two heights")
        minima = minima[:, np.argsort(np.round(f(minima), 12), kind="stable")]  # lowest first
        _need_level("minima", grad, minima, ends)
        _need_level("saddles", grad, saddles, ends)
        made = {"f": f, "grad": grad, "start": start.reshape(d), "minima": minima}
        for name, value in (made | {"saddles": saddles}).items():
            object.__setattr__(self, name, value)

    @property
    def dimension(self):
        """How many parameters the loss has."""
        return len(self.window)

    @np.errstate(all="ignore")
    def hessian(self, w, h=1e-5):
        """Second derivatives at `w`, from central differences of `grad`: `(d, ...) -> (d, d, ...)`.

        Errors are of order h²; the matrix is made symmetric.
        """
        w = np.asarray(w, dtype=float)
        shifts = h * np.eye(self.dimension).reshape(self.dimension, -1, *(1,) * (w.ndim - 1))
        rows = [(self.grad(w + s) - self.grad(w - s)) / (2 * h) for s in shifts]
        matrix = np.stack(rows)
        return (matrix + np.swapaxes(matrix, 0, 1)) / 2

    def curvatures(self, w):
        """Eigenvalues of the Hessian at `w`, smallest first: `(d, ...) -> (d, ...)`."""
        matrix = np.moveaxis(self.hessian(w), (0, 1), (-2, -1))
        return np.moveaxis(np.linalg.eigvalsh(matrix), -1, 0)


def _of_points(name, function, dimension):
    """`f` or `grad` of a point `(dimension, ...)` given as anything that makes an array."""

    @wraps(function)
    @np.errstate(all="ignore")  # far out it may overflow or vanish, whatever the learner has set
    def of_points(w):
        w = np.asarray(w, dtype=float)
        if w.ndim == 0 or len(w) != dimension:
            raise ValueError(f"w must have the shape ({dimension}, ...); got {w.shape}")
        came = answer(name, function, w)
        return came if name == "f" else shaped("what grad returns", came, w.shape)

    return of_points


@np.errstate(all="ignore")
def _need_level(name, grad, places, window):
    """That the gradient vanishes at the places `(d, k)`, which may be rounded, or a ValueError.

    Beside such a place, and on a kink, it changes by more than its size. Where it is infinite or
    none, it tells nothing.
    """
    if not places.size:
        return
    slope, shifts = grad(places), np.diag(np.ptp(window, axis=1) / 1000)[..., None]
    beside = [np.abs(grad(places[:, None] + s) - slope[:, None]) for s in (shifts, -shifts)]
    steep = (np.abs(slope) > np.nansum(beside, axis=(0, 2))) & np.isfinite(slope)
    if steep.any():
        at = steep.any(axis=0).argmax()
        raise ValueError(
            f"{name} must be places where grad vanishes, a column for each (transpose?); got "
            f"{written(places[:, at])}, where it is {written(slope[:, at])}"
        )


def stationary_points(land):
    """Where a one-dimensional landscape is flat, from left to right: `(minima, maxima)`.

    Both have shape `(1, k)`. The slope is scanned over the window for changes of sign, and each is
    bisected to full precision; a flat inflection does not change the sign and is not found. At a
    pole it does: the landscape is not flat there, and the pole is left out.
    """
    need(land.dimension == 1, "land", land.name, "a landscape of one parameter")
    xs = np.linspace(*land.window[0], 20_002)[None]
    slope = np.sign(land.grad(xs)[0])
    xs, slope = xs[:, slope != 0], slope[slope != 0]
    at = np.flatnonzero(slope[:-1] * slope[1:] < 0)
    low, high, rising = xs[:, at], xs[:, at + 1], slope[at + 1] > 0
    first = low
    for _ in range(60):
        middle = (low + high) / 2
        right = (land.grad(middle) > 0) == rising
        low, high = np.where(right, low, middle), np.where(right, middle, high)
    with np.errstate(all="ignore"):  # slope times distance fades on the way, but for a pole
        far, near = (np.abs(land.grad(w) * (w - low)) for w in (first, low + (first - low) / 2**20))
    flat = (near <= far / 2)[0]
    return low[:, flat & rising], low[:, flat & ~rising]


def critical_points(land):
    """Every place of zero gradient in the window of a two-parameter landscape: `(2, k)`.

    The lowest come first. Found by Newton's method from a grid of 24 x 24 starts, so a landscape
    with more than a few dozen of them may hide one.
    """
    need(land.dimension == 2, "land", land.name, "a landscape of two parameters")
    (left, right), (low, high) = land.window
    starts = np.meshgrid(np.linspace(left, right, 24), np.linspace(low, high, 24))
    with np.errstate(all="ignore"):
        x, y = points = polished(land.grad, np.reshape(starts, (2, -1)).T, steps=60)
        inside = (x >= left) & (x <= right) & (y >= low) & (y <= high)
        flat = np.abs(land.grad(points)).max(axis=0) < 1e-9
    points = points[:, inside & flat]
    _, first = np.unique(np.round(points, 4) + 0.0, axis=1, return_index=True)
    points = points[:, first]
    order = np.lexsort((*np.round(points[::-1], 4), np.round(land.f(points), 9)))
    return points[:, order]


def kinds(land, points):
    """What each place of zero gradient `(d, k)` is, by the signs of its curvatures: a list.

    "minimum", "maximum" and "saddle" are sure; "flat" says that a curvature is 0 and the
    second-derivative test is silent.
    """
    curvatures = land.curvatures(points)
    small = 1e-6 * (1 + np.abs(curvatures).max(axis=0))
    signs = np.where(np.abs(curvatures) < small, 0, np.sign(curvatures))
    names = {(1, 1): "minimum", (-1, -1): "maximum", (-1, 1): "saddle"}
    return [names.get((low, high), "flat") for low, high in zip(signs[0], signs[-1], strict=True)]


def polished(grad, guesses, steps=8, h=1e-6):
    """Places where `grad` of two parameters vanishes, from guesses `(k, 2)`: `(2, k)`.

    Newton's method on central differences: to full precision from guesses near enough.
    """
    points = np.array(guesses, dtype=float).T
    for _ in range(steps):
        columns = [
            (grad(points + s) - grad(points - s)) / (2 * h) for s in h * np.eye(2)[:, :, None]
        ]
        jacobian = np.moveaxis(np.stack(columns, axis=1), -1, 0)
        jacobian = np.where(np.isfinite(jacobian), jacobian, 0)  # far out, where it overflows
        points = points - (np.linalg.pinv(jacobian) @ grad(points).T[..., None])[..., 0].T
    return points


def _line(name, f, slope, window, start, minima=None, **more):
    """A landscape of one parameter from `f(x)` and `slope(x)`; what minima it has is found."""
    record = {"f": lambda w: f(*w), "grad": lambda w: np.stack([slope(*w)])}
    record |= {"name": name, "window": (window,), "start": start, **more}
    if minima is None:
        minima, _ = stationary_points(Landscape(**record))
    return Landscape(**record, minima=minima)


def _plane(name, f, grad, window, start, **more):
    """A landscape of two parameters from `f(x, y)` and `grad(x, y)`, on a square window."""
    return Landscape(
        name, lambda w: f(*w), lambda w: np.array(grad(*w)), (window,) * 2, start, **more
    )


# --- one parameter -------------------------------------------------------------------------------


def double_well(tilt=0.3):
    """f = (x² - 1)² - tilt·x: two valleys, the right one deeper for tilt > 0.

    The two wells merge at |tilt| = 8/(3√3) ≈ 1.54. The stationary points are
    (2/√3)·cos(⅓·arccos(3√3·tilt/8) - 2πk/3), k = 0, 1, 2 (Viète).
    """
    real("tilt", tilt)
    return _line(
        "double well",
        lambda x: (x**2 - 1) ** 2 - tilt * x,
        lambda x: 4 * x * (x**2 - 1) - tilt,
        (-2, 2),
        start=-1.5,
    )


def dip(depth=3.0):
    """f = ½x² - depth·exp(-(x + 3)²/(2·0.5²)): a wide bowl with a narrow dip on its left side.

    At depth 3 the bowl is the global minimum; at depth 8 the dip, now a hole, is.
    """
    real("depth", depth, 0, "a number of at least 0")
    centre, width = -3.0, 0.5

    def gaussian(x):
        return depth * np.exp(-((x - centre) ** 2) / (2 * width**2))

    return _line(
        "bowl with a dip",
        lambda x: x**2 / 2 - gaussian(x),
        lambda x: x + (x - centre) / width**2 * gaussian(x),
        (-6, 6),
        start=-5.0,
    )


def parabola(curvature=4.0):
    """f = ½·curvature·x²: the landscape on which every question has a closed answer."""
    positive("curvature", curvature)
    f, slope = lambda x: curvature * x**2 / 2, lambda x: curvature * x
    return _line("parabola", f, slope, (-2, 2), start=1.0, minima=0.0)


def quartic():
    """f = x⁴: a minimum without curvature, f'' = 0 at the bottom."""
    f, slope = lambda x: (x**2) ** 2, lambda x: 4 * x * x**2
    return _line("quartic", f, slope, (-1.5, 1.5), start=1.0, minima=0.0)


def inflection():
    """f = x⁴/4 - x³/3: flat at 0, which is no minimum, and lowest at 1."""
    f, slope = lambda x: x**2 * (x**2 / 4 - x / 3), lambda x: x**2 * (x - 1)
    places = {"start": -1.0, "minima": 1.0, "saddles": 0.0}
    return _line("flat inflection", f, slope, (-1.2, 1.6), **places)


def plateau():
    """f = 1 - exp(-x²/2): a pit in a plain; the slope at 6 is 9e-8."""
    f, slope = lambda x: -np.expm1(-(x**2) / 2), lambda x: x * np.exp(-(x**2) / 2)
    return _line("plateau", f, slope, (-7, 7), start=5.0, minima=0.0)


def cliff():
    """f = 0.01x² + 5σ(8(x - 2)), σ the logistic function: gentle floors, one steep face at 2."""

    def sigma(x):
        return (1 + np.tanh(4 * (x - 2))) / 2  # the logistic function of 8(x - 2), safe far out

    return _line(
        "cliff",
        lambda x: 0.01 * x**2 + 5 * sigma(x),
        lambda x: 0.02 * x + 40 * sigma(x) * (1 - sigma(x)),
        (-3, 6),
        start=4.0,
    )


def softplus():
    """f = log(1 + exp(-x)): always falling, never at a minimum. Its infimum is 0."""
    f, slope = lambda x: np.logaddexp(0, -x), lambda x: -np.exp(-np.logaddexp(0, x))
    return _line("softplus", f, slope, (-3, 10), start=0.0)


def frequency_fit():
    """Half the mean squared error of sin(w·x) against sin(2x) at 40 points in [-4, 4].

    One parameter, the frequency; f = 0 at 2, and local minima near 0.03 and 3.97.
    """
    x = -4 + 8 * (np.arange(40) + 0.5) / 40
    y = np.sin(2 * x)

    def f(w):
        w = w[..., None]
        return ((np.sin(w * x) - y) ** 2).mean(axis=-1) / 2

    def slope(w):
        w = w[..., None]
        return ((np.sin(w * x) - y) * np.cos(w * x) * x).mean(axis=-1)

    return _line("frequency fit", f, slope, (0, 5), start=3.5)


def wiggle():
    """f = exp(sin 3x) + x²: smooth, and wiggly enough to see what a secant misses."""
    return _line(
        "wiggle",
        lambda x: np.exp(np.sin(3 * x)) + x**2,
        lambda x: 3 * np.cos(3 * x) * np.exp(np.sin(3 * x)) + 2 * x,
        (-2, 2),
        start=0.7,
    )


# --- two parameters ------------------------------------------------------------------------------


def ravine(kappa=20.0, angle=0.0):
    """f = ½·wᵀHw with curvatures 1 and kappa: an elliptic bowl, turned by `angle` degrees.

    `kappa` is the condition number. The start (1, 1)/√2 turns along with the bowl.
    """
    real("kappa", kappa, 1, "a number of at least 1")
    real("angle", angle)
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    a, b, d = c * c + kappa * s * s, (1 - kappa) * c * s, s * s + kappa * c * c
    return _plane(
        "ravine",
        lambda x, y: (a * x * x + 2 * b * x * y + d * y * y) / 2,
        lambda x, y: (a * x + b * y, b * x + d * y),
        (-2, 2),
        start=np.array([c - s, s + c]) / np.sqrt(2),
        minima=[0, 0],
    )


def rosenbrock():
    """f = (1 - x)² + 100(y - x²)²: a curved valley, condition number 2508 at its end (1, 1)."""

    def grad(x, y):
        bend = y - x**2
        return -2 * (1 - x) - 400 * x * bend, 200 * bend

    def f(x, y):
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    return _plane("Rosenbrock", f, grad, (-2, 2), start=[-1.2, 1], minima=[1, 1])


def himmelblau():
    """f = (x² + y - 11)² + (x + y² - 7)²: four minima, all of height 0, of unequal sharpness."""

    def f(x, y):
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2

    def grad(x, y):
        p, q = x**2 + y - 11, x + y**2 - 7
        return 4 * x * p + 2 * q, 2 * p + 4 * y * q

    minima = [(3, 2), (-2.805, 3.131), (-3.779, -3.283), (3.584, -1.848)]
    saddles = [(-3.073, -0.081), (-0.128, -1.954), (0.087, 2.884), (3.385, 0.074)]
    return _placed(_plane("Himmelblau", f, grad, (-5, 5), start=[0, 0]), minima, saddles)


def beale():
    """f = (1.5 - x + xy)² + (2.25 - x + xy²)² + (2.625 - x + xy³)²: flat valleys, steep corners.

    From many starts descent drifts along y = 1 forever or overflows; (1, 1) is a good one.
    """

    def parts(x, y):
        return 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y * y**2

    def f(x, y):
        a, b, c = parts(x, y)
        return a**2 + b**2 + c**2

    def grad(x, y):
        a, b, c = parts(x, y)
        along_x = 2 * a * (y - 1) + 2 * b * (y**2 - 1) + 2 * c * (y * y**2 - 1)
        return along_x, 2 * a * x + 4 * b * x * y + 6 * c * x * y**2

    return _plane("Beale", f, grad, (-3, 4), start=[1, 1], minima=[3, 0.5], saddles=[0, 1])


def saddle():
    """f = ½x² - ½y² + ¼y⁴: a mountain pass at (0, 0) between two minima at (0, ±1)."""
    return _plane(
        "saddle",
        lambda x, y: x**2 / 2 - y**2 / 2 + (y**2) ** 2 / 4,
        lambda x, y: (x, y * (y**2 - 1)),
        (-1.6, 1.6),
        start=[1, 0.01],
        minima=[[0, 0], [1, -1]],
        saddles=[0, 0],
    )


def monkey_saddle():
    """f = x³ - 3xy² + ¼(x² + y²)²: three ways down from (0, 0), where even the Hessian is 0."""

    def f(x, y):
        return x * (x**2 - 3 * y**2) + (x**2 + y**2) ** 2 / 4

    def grad(x, y):
        r2 = x**2 + y**2
        return 3 * x**2 - 3 * y**2 + x * r2, -6 * x * y + y * r2

    angles = np.radians([60, 180, 300])
    minima = 3 * np.stack([np.cos(angles), np.sin(angles)])
    places = {"start": [-0.01, 0], "minima": minima, "saddles": [0, 0]}
    return _plane("monkey saddle", f, grad, (-4, 4), **places)


def rastrigin(dimension=2):
    """f = 10d + Σ(x² - 10·cos 2πx): an egg box with 11ᵈ minima, the lowest at 0.

    All minima in the window are listed for up to three dimensions, beyond that only the lowest.
    """
    whole("dimension", dimension)

    def f(w):
        return 10 * dimension + (w**2 - 10 * np.cos(2 * np.pi * w)).sum(axis=0)

    def grad(w):
        return 2 * w + 20 * np.pi * np.sin(2 * np.pi * w)

    axis = np.arange(-5.0, 6.0)
    for _ in range(20):  # Newton's method on one axis, from the whole numbers
        axis = axis - grad(axis) / (2 + 40 * np.pi**2 * np.cos(2 * np.pi * axis))
    every = np.array(list(product(axis, repeat=min(dimension, 3)))).T
    minima = every if dimension <= 3 else np.zeros(dimension)
    start, window = np.full(dimension, 2.2), ((-5.12, 5.12),) * dimension
    return Landscape("Rastrigin", f, grad, window, start, minima)


def three_pits():
    """f = 0.02‖p‖² - ΣAₖ·exp(-‖p - cₖ‖²/(2sₖ²)): three pits; the widest is the shallowest."""
    centres = np.array([(1.6, 1), (-1.6, 1.2), (0, -1.7)]).T
    land = _pits("three pits", np.array([1, 0.8, 0.6]), np.array([0.7, 0.6, 0.8]), centres)
    minima = [(1.569, 0.98), (-1.571, 1.179), (0, -1.63)]
    saddles = [(0.05, 1.05), (-0.9, -0.4), (0.9, -0.4)]
    return _placed(replace(land, start=np.array([-0.2, 0.2])), minima, saddles)


def hidden(word):
    """A landscape of five pits, like `three_pits`, that is another one for every word.

    The same word gives the same landscape on every machine.
    """
    rng = of_word(word)
    depths, widths = rng.uniform(0.3, 1, 5), rng.uniform(0.5, 0.9, 5)
    land = _pits("hidden", depths, widths, rng.uniform(-2.4, 2.4, (2, 5)))
    points = critical_points(land)
    found = np.array(kinds(land, points))
    return replace(land, minima=points[:, found == "minimum"], saddles=points[:, found == "saddle"])


def _pits(name, depths, widths, centres):
    """Gaussian pits at `centres` `(2, k)` in a shallow bowl."""
    kinds = list(zip(depths, widths, centres.T, strict=True))

    def pit(w, depth, width, centre):
        x, y = w[0] - centre[0], w[1] - centre[1]
        return x, y, depth * np.exp((x * x + y * y) * (-0.5 / width**2))

    def f(w):
        x, y = w
        return 0.02 * (x * x + y * y) - sum(pit(w, *kind)[2] for kind in kinds)

    def grad(w):
        slope = 0.04 * w
        for depth, width, centre in kinds:
            x, y, deep = pit(w, depth, width, centre)
            deep = deep / width**2
            slope[0] += x * deep
            slope[1] += y * deep
        return slope

    return Landscape(name, f, grad, ((-3, 3), (-3, 3)), start=[0, 0])


def _placed(land, minima, saddles):
    """The landscape with its minima and saddles, from rounded ones `(k, 2)`."""
    minima, saddles = (polished(land.grad, points) for points in (minima, saddles))
    return replace(land, minima=minima, saddles=saddles)


def crease():
    """f = x²y/(x² + y²), and 0 at the origin: partial derivatives there, and no tangent plane.

    Both partials at the origin are 0, and `grad` gives them. The slope in the direction of angle φ
    is cos²φ·sinφ all the same.
    """

    def square(x, y):
        r2 = x**2 + y**2
        return np.where(r2 == 0, 1, r2)

    def grad(x, y):
        r4 = square(x, y) ** 2
        return 2 * x * y * y**2 / r4, x**2 * (x**2 - y**2) / r4

    return _plane("crease", lambda x, y: x**2 * y / square(x, y), grad, (-1, 1), start=[0, 0])


def catalogue():
    """Every landscape of this module with its defaults, as `{factory name: Landscape}`."""
    one = (double_well, dip, parabola, quartic, inflection, plateau, cliff, softplus, frequency_fit)
    two = (ravine, rosenbrock, himmelblau, beale, saddle, monkey_saddle, rastrigin, three_pits)
    return {factory.__name__: factory() for factory in (*one, wiggle, *two, crease)}
