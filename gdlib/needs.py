"""What an argument must be: each of these returns it, or raises a ValueError that names it."""

from numbers import Real

import numpy as np


def need(good, name, value, allowed):
    """The value, if it is good; else a ValueError that says what came and what is allowed."""
    if not good:
        raise ValueError(f"{name} must be {allowed}; got {written(value)}")
    return value


def written(value):
    """A value as text, the way numpy prints unless the learner has told it otherwise."""
    with np.printoptions(
        precision=8, threshold=1000, edgeitems=3, linewidth=75, suppress=False, nanstr="nan",
        infstr="inf", sign="-", floatmode="maxprec", formatter=None, legacy=False,
    ):  # fmt: skip
        return repr(value)


def real(name, value, low=-np.inf, allowed="a finite number"):
    """One finite number of at least `low`."""
    good = isinstance(value, Real) and low <= value and abs(value) < np.inf
    return need(good, name, value, allowed)


def positive(name, value):
    """One finite number above 0."""
    return need(isinstance(value, Real) and 0 < value < np.inf, name, value, "a number above 0")


def whole(name, value, low=1, high=None):
    """A whole number of at least `low`, at most `high`."""
    good = isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= low
    allowed = f"of at least {low}" if high is None else f"from {low} to {high}"
    return need(good and (high is None or value <= high), name, value, f"a whole number {allowed}")


def array(name, values):
    """Numbers as an array of floats; masked ones are refused: what is under a mask is no datum."""
    parts = values if isinstance(values, list | tuple) else ()
    masked = any(np.ma.is_masked(each) for each in (values, *parts))
    need(not masked, name, values, "free of masked values: drop them first")
    try:
        given = np.asarray(values)
        need(given.dtype.kind != "c", name, values, "real numbers")
        return given.astype(float)
    except (TypeError, ValueError) as error:  # words, say, or rows of unequal length
        raise ValueError(f"{name} must be real numbers; got {written(values)}") from error


def columns(name, places, dimension):
    """Finite places as columns `(dimension, k)`; a single one, or numbers, may be flat."""
    given = array(name, np.empty((dimension, 0)) if places is None else places)
    flat = given.ndim < 2 and (dimension == 1 or given.shape == (dimension,) or not given.size)
    places = given.reshape(dimension, -1) if flat else given
    turned = " (transpose?)" if places.shape[1:] == (dimension,) else ""
    good = places.ndim == 2 and len(places) == dimension
    need(good, name, given.shape, f"columns of places, in the shape ({dimension}, k){turned}")
    need(np.isfinite(places).all(), name, given, "finite numbers")
    return places


def answer(name, function, *args, **more):
    """What a function returns; a ValueError that names it if it raises or returns None."""
    try:
        came = function(*args, **more)
    except (TypeError, ValueError, IndexError) as error:
        said = f"{name} raised {type(error).__name__}: {error}"
        if "Python scalars" in said or "truth value of an array" in said:
            said += ". Write np.cos in place of math.cos, np.where in place of if"
        if name == "rule" and "truth value" in said:
            said += "; `memory or ...` takes no array: the memory begins as 0.0, use it as it is"
        raise ValueError(said) from error
    if came is None:
        raise ValueError(f"{name} returned None: is its `return` missing?")
    return came


def shaped(name, values, shape):
    """Real numbers as floats in the shape `(d, *batch)`, or a ValueError; see `numbers`."""
    if type(values) is np.ndarray and values.shape == shape and values.dtype == float:
        return values
    taken = numbers(values, shape)
    need(taken is not None, name, values, f"real numbers in the shape of w, {shape}")
    return taken


def numbers(values, shape):
    """Real numbers in the shape `(d, *batch)` as a new array of floats, or None if they are not.

    A list has an entry for each coordinate, a plain number being the same for the whole batch. In
    one dimension the brackets may be left out, in a single run the axis of its batch of one.
    """
    dimension, *batch = shape
    try:
        if dimension == 1 and np.shape(values) in ((), tuple(batch)):
            values = [values]
        rows = [_coordinate(each, batch) for each in values]
    except (TypeError, ValueError):  # no sequence, or rows of unequal length
        return None
    fits = len(rows) == dimension and all(row is not None for row in rows)
    return np.array(rows, dtype=float) if fits else None


def _coordinate(values, batch):
    """One coordinate of a whole batch, or None."""
    row = np.asarray(values)
    # A number that numpy has computed may be a sum over the batch: it is taken for one run only.
    alike = row.ndim == 0 and (type(values) in (int, float) or np.prod(batch) == 1)
    real = row.dtype.kind in "iuf" and not np.ma.is_masked(values)
    return np.broadcast_to(row, batch) if real and (alike or row.shape == tuple(batch)) else None


def landscape(name, value, dimension=2):
    """A landscape of one parameter, or of two."""
    count, many = getattr(value, "dimension", None), ("one parameter", "two parameters")
    if count != dimension:
        got = f"{value.name!r}, which has {count}" if count else written(value)
        raise ValueError(f"{name} must be a landscape of {many[dimension - 1]}; got {got}")
    return value


def generator(rng):
    """A numpy Generator."""
    good = isinstance(rng, np.random.Generator)
    return need(good, "rng", rng, "a numpy Generator such as default_rng(0)")


def above_zero(name, values):
    """Numbers above 0, as an array."""
    values = array(name, values)[()]
    return need(np.all((values > 0) & (values < np.inf)), name, values, "above 0")


def memories(rho):
    """Values of ρ, from 0 to below 1, as an array."""
    rho = array("rho", rho)[()]
    return need(np.all((rho >= 0) & (rho < 1)), "rho", rho, "in [0, 1)")
