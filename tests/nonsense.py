"""Submissions that no check was written for, and whether a verdict on one is in words."""

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np


def _number(rng):
    """A real number of any size and type, inf and nan included."""
    size, near = 10 ** rng.uniform(-9, 9), rng.uniform(-2, 2)
    drawn = [
        size, -size, near, round(near, 2), round(abs(near) / 2, 2), abs(near), 10 * near,
        np.float32(near), np.float16(near), np.int8(near), int(100 * near), Fraction(near),
        Decimal(near), 10**5000, np.array(near), np.array([near]), np.array([[near]]),
        complex(near, near), bool(near > 0), np.bool_(True), np.nan, np.inf, -np.inf, 0, -0.0, 1,
    ]  # fmt: skip
    return drawn[rng.integers(len(drawn))]


def _array(rng):
    """An array, or what looks like one, of an odd shape or kind."""
    shape = tuple(rng.integers(0, 4, size=rng.integers(0, 4)))
    values = rng.normal(size=shape)
    kinds = [
        values, values.tolist(), values.astype(int), values.astype(str), values.astype(object),
        values > 0, values + 1j, np.ma.masked_greater(values, 0), np.full(shape, np.nan),
        values.astype(np.float32), [*values.ravel(), "b"], [[1], [2, 3]], np.ma.masked,
    ]  # fmt: skip
    return kinds[rng.integers(len(kinds))]


def _object(rng):
    """No number and no array."""
    things = [
        None, ..., "", "0.1", "lr\n= 0.1", "ρ" * 500, b"2", (), {}, {"lr": 0.1}, {0.1, 0.2},
        range(3), iter([1, 2]), (n for n in "ab"), int, dict, print, np, np.add, slice(2),
        lambda: 0.1, lambda x: x,
    ]  # fmt: skip
    return things[rng.integers(len(things))]


def _function(rng):
    """A function that returns or raises something odd, at the first call or at a later one."""
    thing, other = anything(rng), anything(rng)
    errors = [
        ValueError("two\nlines"), KeyError("m"), RecursionError(), AssertionError(),
        StopIteration(), Exception("long " * 500), UnicodeError(), MemoryError(),
    ]  # fmt: skip
    error, scale = errors[rng.integers(len(errors))], 10 ** rng.uniform(-9, 9)
    late, kind, calls = rng.integers(3), rng.integers(9), []

    def function(w, *args, **more):
        calls.append(w)
        if len(calls) % 3 < late:
            return w, 0.0
        if kind < 2:
            raise error
        noise = rng.normal(size=np.shape(w))
        odd = [thing, (thing, other), (w, thing), [w, thing], (w * scale, other), (w + noise, 0.0)]
        return [*odd, (w - scale * sum(args), scale * sum(args))][kind - 2]

    return function


def anything(rng):
    """A number of any kind, an array of an odd one, what is neither, or a function of such."""
    return [_number, _array, _object, _function][rng.choice(4, p=[0.3, 0.2, 0.2, 0.3])](rng)


def in_words(verdict):
    """Whether a verdict is a sentence or more in one line, with numbers where numbers are meant.

    What came may be shown as it is, nan and inf as well.
    """
    came = r"(got|yours gives|(yours|loss) is|it gives) (-?(nan|inf)\b|\(.*?\))|; got .*"
    said = re.sub(came, "", verdict.message)
    one_line = said and verdict.message.isprintable() and len(verdict.message) < 700
    return one_line and not re.search(r"\b(nan|inf|Traceback)\b", said)
