"""A reader's function as a landscape, and the sentence for each way in which it cannot be one."""

import math

import numpy as np
import pytest

from gdlib.landscapes import catalogue, himmelblau
from gdlib.own import landscape_of, oddities

PLANE = [land for land in catalogue().values() if land.dimension == 2 and land.name != "crease"]


@pytest.mark.parametrize("land", PLANE, ids=lambda land: land.name)
def test_central_differences_are_the_gradient(land):
    own = landscape_of(land.f, land.start, land.window)
    places = np.random.default_rng(0).uniform(*np.array(land.window).T[..., None], (2, 200))
    exact, size = land.grad(places), np.abs(land.grad(places)).max(axis=0) + np.abs(land.f(places))
    assert (np.abs(own.grad(places) - exact) <= 1e-8 * (1 + size)).all()


def test_the_minima_in_the_window_are_found():
    own = landscape_of(himmelblau().f, (0, 0), ((-5, 5), (-5, 5)))
    found = own.minima[:, np.lexsort(own.minima)]
    exact = himmelblau().minima
    np.testing.assert_allclose(found, exact[:, np.lexsort(exact)], atol=1e-7)
    np.testing.assert_allclose(landscape_of(lambda x: (x - 0.3) ** 2).minima, [[0.3]], atol=1e-9)


def test_a_function_of_one_number_of_two_or_of_a_vector_is_taken():
    assert landscape_of(lambda x: x**2).dimension == 1
    assert landscape_of(lambda x, y: x**2 + y**2).dimension == 2
    assert landscape_of(lambda w: (w**2).sum(axis=0), [1, 2, 3]).dimension == 3
    assert landscape_of(lambda x, scale=2: scale * x**2).dimension == 1
    assert landscape_of(lambda w: w[0] ** 2 + w[1] ** 2, (1, 1)).dimension == 2


@pytest.mark.parametrize("start", [0.0, 1.0, -3.0, 90.0])
def test_the_window_holds_the_start_in_its_middle_and_0(start):
    ((low, high),) = landscape_of(lambda x: x**2, start).window
    assert low <= 0 <= high
    assert (low + high) / 2 == pytest.approx(start)


CANNOT = {
    "returns a list of 2": lambda x: [x, x],
    "np.cos in place of math.cos": lambda x: math.cos(x),
    "np.where in place of if": lambda x: x if x > 0 else -x,
    "is its `return` missing": lambda x: None,
    "returns whole numbers only": lambda x: np.round(3 * x),
    "Leave out int, round and //": lambda x: (3 * x).astype(int),
    "must return 12 numbers; it returns one": lambda x: 3,
    "must be real numbers; got 'complex128'": lambda x: x + 1j,
    "start=(1, 1)": lambda w: w[0] ** 2 + w[1] ** 2,
    "f is nan at the start, [1.0]": lambda x: np.sqrt(-x),
    "f is inf at the start": lambda x: 1 / (x - 1),
    "takes 2 numbers, but start has 3": (lambda x, y: x + y, (1, 2, 3)),
    "returns 2 numbers for each point": (lambda w: w**2, (1, 2)),
    "sum(axis=0)": (lambda w: np.linalg.norm(w), (1, 2)),
    "many points at once, an array of the shape (2, 12)": (lambda w: w @ np.eye(2) @ w, (1, 2)),
    "or a function of one or more numbers": "x**2",
    "start must be finite numbers": (lambda x: x**2, np.nan),
}


@pytest.mark.parametrize("said", CANNOT)
def test_what_goes_wrong_is_said_in_a_sentence_that_names_the_cause(said):
    f, start = CANNOT[said] if isinstance(CANNOT[said], tuple) else (CANNOT[said], None)
    with pytest.raises(ValueError) as error:
        landscape_of(f, start)
    assert said in str(error.value)


def bowl(x, y):
    return x**2 + 3 * y**2


@pytest.mark.parametrize(
    ("grad", "said"),
    [
        (lambda x, y: (-2 * x, -6 * y), "its sign is wrong"),
        (lambda x, y: (x, 3 * y), "0.5 times as much"),
        (lambda x, y: (2 * x, 6 * x), "At ["),
        (lambda x, y: (2 * x, 6 * y, 0 * x), "shape"),
    ],
)
def test_a_gradient_that_is_another_ones_is_refused(grad, said):
    with pytest.raises(ValueError, match="grad") as error:
        landscape_of(bowl, (1, 1), grad=grad)
    assert said in str(error.value)


def test_a_right_gradient_is_taken_and_used():
    own = landscape_of(bowl, (1, 1), grad=lambda x, y: (2 * x, 6 * y))
    np.testing.assert_array_equal(own.grad([0.1, 0.2]), [0.2, 6 * 0.2])
    landscape_of(np.abs, -1, grad=np.sign)  # where it bends, differences may say something else


def test_a_kink_is_told_with_its_two_slopes():
    (said,) = oddities(landscape_of(lambda x: abs(x - 0.3) + x**2))
    assert said == "f has a kink near w = 0.3: its slope is −0.4 on one side and 1.6 on the other."
    (said,) = oddities(landscape_of(lambda x, y: np.maximum(x, 0) + x**2 + y**2))
    assert "f has a kink near (0, " in said


def test_a_jump_and_a_hole_are_told():
    (said,) = oddities(landscape_of(lambda x: np.where(x > 0.2, 1.0, 0.0) + x**2))
    assert said == "f jumps near w = 0.2."
    with np.errstate(all="ignore"):
        said = oddities(landscape_of(lambda x: x - np.log(x)))
    assert "f is nan in 25% of the window" in said[0]


@pytest.mark.parametrize("land", catalogue().values(), ids=lambda land: land.name)
def test_on_smooth_curves_however_steep_nothing_is_odd(land):
    assert oddities(land) == []


def test_a_steep_but_smooth_step_is_no_jump():
    assert oddities(landscape_of(lambda x: 5 / (1 + np.exp(-80 * (x - 0.5))) + x**2)) == []


CORNERS = {
    "one norm": lambda x, y: np.abs(x - 0.3) + 5 * np.abs(y),
    "cone": lambda x, y: np.sqrt((x - 0.3) ** 2 + y**2),
    "edge": lambda x, y: np.maximum((x - 0.3) ** 2, np.abs(y)),
}


@pytest.mark.parametrize("name", CORNERS)
def test_a_minimum_at_a_corner_is_found_too(name):
    (x,), (y,) = landscape_of(CORNERS[name], (1, 1)).minima
    assert CORNERS[name](x, y) < 1e-6


def test_on_the_floor_of_a_winding_valley_the_one_minimum_alone_is_found():
    own = landscape_of(lambda x, y: (y - np.sin(2 * x)) ** 2 + 0.1 * x**2, (-2.5, 2))
    np.testing.assert_allclose(own.minima, [[0], [0]], atol=1e-7)
