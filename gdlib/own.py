"""A reader's own function as a landscape, or a sentence that says why it cannot be one."""

import inspect
from itertools import product

import numpy as np

from gdlib.landscapes import Landscape, polished, stationary_points
from gdlib.needs import answer, array, need, written
from gdlib.words import num

SAMPLE = 12  # places at which a function, and its gradient, are tried


def landscape_of(f, start=None, window=None, grad=None):
    """The landscape of `f(x)`, of `f(x, y)`, or of `f(w)`, w a vector, where `start` says how long.

    Without `grad` the gradient comes from central differences. `window` holds the start in its
    middle and reaches as far as 0 unless it is given. Of up to two parameters the minima in the
    window are found. Raises ValueError, in a sentence that names the cause, if `f` cannot be a
    loss, is not finite at the start, or if `grad` is not its gradient.
    """
    need(callable(f), "land", f, "a Landscape, or a function of one or more numbers")
    wanted = _wanted(f)
    start = array("start", np.ones(wanted) if start is None else start).reshape(-1)
    need(start.size and np.isfinite(start).all(), "start", start, "finite numbers")
    d = len(start)
    if wanted not in (1, d):
        raise ValueError(f"f takes {wanted} numbers, but start has {d}; they must be as many")
    spread = wanted == d  # f(x, y) rather than f(w)
    if window is None:
        reach = 2 * max(1, np.abs(start).max())
        window = tuple((float(w - reach), float(w + reach)) for w in start)

    def loss(w):
        return f(*w) if spread else f(w)

    _try_out(loss, start, window)
    slope = grad and (lambda w: np.stack([*grad(*w)]) if spread and d > 1 else grad(w))
    land = Landscape(
        getattr(f, "__name__", "own"), loss, slope or _differences(loss), window, start
    )
    if grad:
        _compare(land, _differences(loss))
    return Landscape(land.name, loss, land.grad, window, start, _minima(land))


def _wanted(f):
    """How many numbers a function takes: its arguments without a default."""
    try:
        given = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):  # some built-in functions do not say
        return 1
    places = [p for p in given if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return sum(p.default is p.empty for p in places) or min(len(places), 1) or 1


def _differences(f):
    """The gradient of f by central differences; the error is of order h², and of round-off/h."""

    def grad(w):
        h = np.cbrt(np.finfo(float).eps) * np.maximum(1, np.abs(w))
        shifts = np.eye(len(w)).reshape(len(w), -1, *(1,) * (w.ndim - 1))
        return np.stack(
            [(f(w + s * h) - f(w - s * h)) / (2 * k) for s, k in zip(shifts, h, strict=True)]
        )

    return grad


def _places(window, seed=0):
    """Some places in the window, `(d, SAMPLE)`, always the same."""
    low, high = np.array(window).T[..., None]
    return np.random.default_rng(seed).uniform(low, high, (len(window), SAMPLE))


@np.errstate(all="ignore")
def _try_out(f, start, window):
    """Raise a ValueError that says what keeps f from being a loss, if anything does."""
    points = _places(window)
    points[:, 0] = start
    try:
        came = answer("f", f, points)
    except ValueError as error:
        many = f". It is given many points at once, an array of the shape {points.shape}"
        raise ValueError(f"{error}{many if len(points) > 1 else ''}") from error
    if isinstance(came, list | tuple):
        raise ValueError(
            f"f returns a {type(came).__name__} of {len(came)}; a loss is one number for each point"
        )
    came = np.asarray(came)
    need(came.dtype.kind in "iuf", "what f returns", came.dtype.name, "real numbers")
    if came.shape == points.shape and came.ndim > 1 and len(points) > 1:
        raise ValueError(
            f"f returns {len(points)} numbers for each point; a loss is one: add them up over the "
            "coordinates, as in (w**2).sum(axis=0)"
        )
    if came.shape != points.shape[1:]:
        raise ValueError(
            f"f of {SAMPLE} points at once must return {SAMPLE} numbers; it returns "
            f"{'one' if came.ndim == 0 else f'the shape {came.shape}'}. A function of a vector "
            "takes start=(1, 1), or longer; write w[0], w[1] for its coordinates, and sum(axis=0) "
            "for a sum over them"
        )
    if (came % 1 == 0).all() and np.ptp(came) and (_differences(f)(points) == 0).mean() > 0.8:
        raise ValueError(
            "f returns whole numbers only: it goes in steps, and its slope is 0 on each of them. "
            "Leave out int, round and //"
        )
    if not np.isfinite(came[0]):
        raise ValueError(f"f is {came[0]} at the start, {written(start.tolist())}; start elsewhere")


@np.errstate(all="ignore")
def _compare(land, differences):
    """Raise a ValueError if the gradient is another one than the differences say."""
    points = _places(land.window, 1)
    came, measured = land.grad(points), differences(points)
    size = np.abs(measured).max(axis=0) + np.abs(measured[np.isfinite(measured)]).mean() * 1e-3
    wrong = ~(np.abs(came - measured).max(axis=0) <= 1e-4 * size) & np.isfinite(measured).all(0)
    if wrong.sum() <= SAMPLE // 4:  # beside a kink, or where f hardly changes, a few may differ
        return
    at = wrong.argmax()
    ratio = np.median((came / measured)[:, wrong])
    slip = ""
    if np.allclose(came[:, wrong], ratio * measured[:, wrong], rtol=1e-3, atol=0):
        slip = ": its sign is wrong" if abs(ratio + 1) < 1e-3 else f": {ratio:.4g} times as much"
    shown = [np.round(each[:, at], 4).tolist() for each in (points, came, measured)]
    raise ValueError(
        f"grad is not the gradient of f{slip}. At {shown[0]} it gives {shown[1]}, and central "
        f"differences of f give {shown[2]}"
    )


@np.errstate(all="ignore")
def _minima(land):
    """The minima inside the window, for one parameter or two: `(d, k)`."""
    if land.dimension == 1:
        return stationary_points(land)[0]
    if land.dimension != 2:
        return None
    x, y = np.meshgrid(*(np.linspace(*ends, 61) for ends in land.window))
    height = land.f(np.stack([x, y]))
    inner, beside = height[1:-1, 1:-1], set(product(range(3), repeat=2)) - {(1, 1)}
    low = np.all([inner <= height[i : i + 59, j : j + 59] for i, j in beside], axis=0)
    guesses = _zoomed(land.f, np.stack([x[1:-1, 1:-1][low], y[1:-1, 1:-1][low]]), land.window)
    places, near = polished(land.grad, guesses.T), np.ptp(land.window, axis=1)[:, None] / 1000
    smooth = (np.abs(places - guesses) <= near).all(axis=0) & (land.f(places) <= land.f(guesses))
    places = np.where(smooth, places, guesses)
    angles = np.linspace(0, 2 * np.pi, 65)[:-1]
    ring = np.stack([np.cos(angles), np.sin(angles)])[:, None] * near[:, :, None] / 10
    places = places[:, (land.f(places[..., None] + ring).T >= land.f(places)).all(axis=0)]
    _, first = np.unique(np.round(places, 6) + 0.0, axis=1, return_index=True)
    return places[:, [k for k in first if _is_minimum(land, places[:, k])]]


def _zoomed(f, places, window):
    """The lowest places around some `(2, k)`, by looking at 25 around each, closer every time.

    At a kink Newton's method would not find them.
    """
    step = np.ptp(window, axis=1)[:, None, None] / 120
    around = np.stack(np.meshgrid(*[np.arange(-2, 3)] * 2)).reshape(2, 1, 25)
    for _ in range(30):
        each = places[..., None] + step * around
        places = np.take_along_axis(each, f(each).argmin(axis=1)[None, :, None], axis=2)[..., 0]
        step = step / 2
    return places


def _is_minimum(land, place):
    """Whether a landscape may state the place as a minimum."""
    try:
        Landscape(land.name, land.f, land.grad, land.window, land.start, place)
    except ValueError:
        return False
    return True


# --- what is odd, though no mistake --------------------------------------------------------------


@np.errstate(all="ignore")
def oddities(land):
    """Sentences on what to know of a landscape: holes in it, kinks and jumps. Often there are none.

    Looked for along lines through the window, 401 places on each.
    """
    said, lines = [], list(_lines(land))
    points = np.concatenate([points for _, points in lines], axis=1)
    height = land.f(points)
    if (holes := ~np.isfinite(height)).any():
        share = f"{holes.mean():.0%} of" if holes.mean() >= 0.01 else "some places in"
        said.append(
            f"f is {height[holes][0]} in {share} the window, as at {_at(points[:, holes][:, 0])}, "
            "and the picture is empty there."
        )
    bends = [bend for axis, points in lines if (bend := _bend(land, axis, points))]
    if bends:
        place, before, after = max(bends, key=lambda bend: abs(bend[2] - bend[1]))
        slopes = f"its slope is {num(before, 3)} on one side and {num(after, 3)} on the other"
        odd = f"has a kink near {_at(place)}: {slopes}"
        said.append(f"f {odd if np.isfinite(before) else f'jumps near {_at(place)}'}.")
    return said


def _at(place):
    """A place as text."""
    told = ", ".join(num(each, 3) for each in place)
    return f"w = {told}" if len(place) == 1 else f"({told})"


def _lines(land):
    """Lines along each coordinate through the start and eight other places: `(axis, (d, 401))`."""
    through = np.column_stack([land.start, _places(land.window)[:, :8]])
    for axis, ends in enumerate(land.window):
        for place in through.T[: 1 if land.dimension == 1 else None]:
            points = np.repeat(place[:, None], 401, axis=1)
            points[axis] = np.linspace(*ends, 401)
            yield axis, points


def _bend(land, axis, points):
    """The sharpest bend on a line, if it is a kink: (place, slope before it, slope after it).

    On a smooth curve the slope changes ten times less over a tenth of the way; at a kink it does
    not. Where the height jumps, too, the slopes are given as infinite.
    """
    height, changes, jumps, size = land.f(points), [], [], np.ptp(points[axis])
    finite = height[np.isfinite(height)]
    if not finite.size:
        return None
    least = (1e-2 * np.ptp(finite) + 1e-6 * np.abs(finite).max()) / size  # above round-off
    for _ in range(4):
        height = land.f(points)
        slopes = np.diff(height) / np.diff(points[axis])
        change = np.nan_to_num(np.abs(np.diff(slopes)), nan=0, posinf=0)
        at = 1 + np.clip(change.argmax(), 1, len(change) - 2)
        place, (low, high) = points[:, at], points[axis, [at - 2, at + 2]]
        changes.append(change[at - 1])
        jumps.append(np.abs(np.diff(height[at - 1 : at + 2])).max())
        before, after = slopes[at - 2], slopes[at + 1]
        points = np.repeat(place[:, None], 41, axis=1)
        points[axis] = np.linspace(low, high, 41)
    if not changes[-1] > max(least, changes[0] / 2) or not np.isfinite(before + after):
        return None
    unit = 10 ** np.floor(np.log10(size)) / 1000
    place = np.round(place / unit) * unit + 0.0
    return (place, -np.inf, np.inf) if jumps[-1] > jumps[0] / 2 else (place, before, after)
