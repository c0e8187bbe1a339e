"""Every number that notebook 02 states, computed again. The ids are those of the project's ledger.

What is measured with differences is held against a closed form, and the closed forms against
differences. Where round-off decides (the best h, the error there), only its size is claimed.
"""

from math import lgamma

import numpy as np
import pytest

from gdlib import landscapes
from gdlib.landscapes import stationary_points
from gdlib.optimizers import arrive, descend, gd
from gdlib.regression import loss_surface, penguins

EPS = np.finfo(float).eps
WIGGLE, WELL = landscapes.wiggle(), landscapes.double_well()
HIMMELBLAU, ROSENBROCK = landscapes.himmelblau(), landscapes.rosenbrock()
CREASE = landscapes.crease()
LOCAL, TOP, GLOBAL = -0.96015, -0.07543, 1.03558
SOME_POINT = np.array([1.0, 1.0])


def central(f, w, h=1e-5):
    """The gradient `(d, ...)` of any `f` at `w`, from two values of f for each coordinate."""
    w = np.asarray(w, dtype=float)
    shifts = h * np.eye(len(w)).reshape(len(w), -1, *(1,) * (w.ndim - 1))
    return np.stack([(f(w + s) - f(w - s)) / (2 * h) for s in shifts])


def slope_along(f, w, u, h=1e-6):
    """How fast f grows at `w` `(d,)` per unit of u, for directions `u` `(d, ...)`."""
    w, u = np.reshape(w, (-1, *(1,) * (np.ndim(u) - 1))), np.asarray(u, dtype=float)
    return (f(w + h * u) - f(w - h * u)) / (2 * h)


def unit(degrees):
    return np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


def angle(g):
    return np.degrees(np.arctan2(g[1], g[0])) % 360


def degrees_between(a, b):
    cos = (a * b).sum(axis=0) / np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    return np.degrees(np.arccos(np.clip(cos, -1, 1)))


def growth(h, errors):
    """The slope of the error against h when both axes are logarithmic."""
    return np.polyfit(np.log(h), np.log(errors), 1)[0]


# --- the slope of a curve at a point -------------------------------------------------------------

AT = 0.7
F, SLOPE = 2.8607571261703133, -2.1906025002983043
S, C = np.sin(3 * AT), np.cos(3 * AT)
SECOND = 9 * np.exp(S) * (C**2 - S) + 2
THIRD = 27 * np.exp(S) * (C**3 - 3 * S * C - C)


def forward_error(h):
    return np.abs((WIGGLE.f([AT + h]) - WIGGLE.f([AT])) / h - SLOPE)


def central_error(h):
    return np.abs((WIGGLE.f([AT + h]) - WIGGLE.f([AT - h])) / (2 * h) - SLOPE)


def test_e2_1_the_wiggle_at_0_7_is_2_8608_high_and_its_slope_there_is_minus_2_1906():
    assert np.exp(S) + AT**2 == pytest.approx(F, rel=1e-14)
    assert 3 * C * np.exp(S) + 2 * AT == pytest.approx(SLOPE, rel=1e-14)
    assert WIGGLE.f([AT]) == pytest.approx(2.8608, abs=5e-5)
    assert WIGGLE.grad([AT])[0] == pytest.approx(-2.1906, abs=5e-5)
    assert [SECOND, THIRD] == pytest.approx([-10.980, 107.764], abs=5e-4)


def test_c01_the_secants_turn_into_the_tangent():
    h = np.array([1, 0.1, 0.01, 0.001, 0.0001])
    secants = (WIGGLE.f([AT + h]) - WIGGLE.f([AT])) / h
    printed = [0.4255, -2.5581, -2.2437, -2.1961, -2.1912]
    np.testing.assert_allclose(secants, printed, atol=5.1e-5)
    assert (np.diff(np.abs(secants - SLOPE)) < 0).all()


def test_c24_with_one_parameter_the_gradient_is_the_derivative():
    xs = np.linspace(-2, 2, 101)[None]
    assert WIGGLE.grad([AT]).shape == (1,)
    np.testing.assert_allclose(WIGGLE.grad(xs)[0], central(WIGGLE.f, xs)[0], atol=1e-7)


def test_c11_e2_1_the_error_grows_with_h_to_the_0_998_forward_and_to_the_2_000_central():
    """Nine h from 3.2e-5 to 3.2e-3, four a decade: above round-off, below the next order."""
    h = np.logspace(-4.5, -2.5, 9)
    assert growth(h, forward_error(h)) == pytest.approx(0.998, abs=6e-4)
    assert growth(h, central_error(h)) == pytest.approx(2.000, abs=6e-4)


def test_e2_1_the_errors_are_half_the_second_derivative_h_and_a_sixth_of_the_third_h_squared():
    h = np.array([1e-4, 3e-4, 1e-3])
    np.testing.assert_allclose(forward_error(h), np.abs(SECOND) / 2 * h, rtol=5e-3)
    np.testing.assert_allclose(central_error(h), np.abs(THIRD) / 6 * h**2, rtol=5e-3)


def test_e2_1_the_best_h_is_near_3e_9_forward_and_near_6e_7_central():
    """Of 57 values, four a decade. Round-off moves both within a decade, below what theory says."""
    h = np.logspace(-15, -1, 57)
    for errors, best, least, expected in (
        (forward_error(h), 3e-9, 1.8e-8, 2 * np.sqrt(EPS / 2 * F / abs(SECOND))),
        (central_error(h), 6e-7, 5e-11, np.cbrt(3 * EPS / 2 * F / abs(THIRD))),
    ):
        found = h[errors.argmin()]
        assert abs(np.log10(found / best)) < 1 and abs(np.log10(found / expected)) < 1.3
        assert abs(np.log10(errors.min() / least)) < 1.5
        assert errors[0] > 1e5 * errors.min() and errors[-1] > 1e5 * errors.min()


def test_e2_1_at_h_1e_15_the_slope_comes_in_lumps_and_none_of_them_is_nearer_than_0_03():
    """f near 2.86 has no finer steps than 4.4e-16; here the errors were 0.03 and 0.19."""
    h = 1e-15
    lumps = np.spacing(F) / h
    assert lumps == pytest.approx(0.444, abs=5e-4)
    for difference, lump, error in (
        ((WIGGLE.f([AT + h]) - WIGGLE.f([AT])) / h, lumps, forward_error(h)),
        ((WIGGLE.f([AT + h]) - WIGGLE.f([AT - h])) / (2 * h), lumps / 2, central_error(h)),
    ):
        assert difference / lump == pytest.approx(round(difference / lump), abs=1e-9)
        assert 0.0298 < error < 1.5


def test_c32_a_gradient_of_1000_parameters_costs_2000_evaluations_and_agrees_to_about_1e_9():
    land, asked = landscapes.rastrigin(1000), []

    def f(w):
        asked.append(w[0].size)
        return land.f(w)

    w, shifts = np.reshape(land.start, (-1, 1)), 1e-5 * np.eye(1000)
    numerical = (f(w + shifts) - f(w - shifts)) / 2e-5
    assert sum(asked) == 2000
    analytic = land.grad(land.start)
    apart = np.linalg.norm(numerical - analytic) / np.linalg.norm(analytic)
    assert 1e-10 < apart < 1e-8


@pytest.mark.parametrize("h", [2e-6, 3e-6, 4e-6])
def test_x2_2_these_h_bring_the_central_difference_within_5e_10(h):
    """On any machine; here nearly all from 5e-7 to 5e-6 do, by the favour of the last bits."""
    assert central_error(h) < 5e-10


def test_x2_2_at_1e_5_the_formula_and_at_1e_7_the_lumps_keep_it_further_off():
    assert central_error(1e-5) == pytest.approx(1.8e-9, rel=0.1)
    assert 5e-10 < central_error(1e-7) < 1e-8  # 3e-9 here; the lumps allow nothing below 9e-10
    assert abs(THIRD) / 6 * 5.3e-6**2 > 5e-10 > abs(THIRD) / 6 * 5e-6**2


def test_c08_where_the_slope_is_positive_down_is_to_the_left():
    x = np.random.default_rng(0).uniform(-2, 2, (1, 200))
    x = x[:, np.abs(WELL.grad(x)[0]) > 1e-3]
    assert x.shape[1] > 190
    assert ((WELL.f(x + 1e-6) > WELL.f(x - 1e-6)) == (WELL.grad(x)[0] > 0)).all()


# --- slopes in every direction -------------------------------------------------------------------

G, STEEPEST, UPHILL = np.array([-46, -38]), np.sqrt(46**2 + 38**2), 219.56


def test_c28_e2_2_the_gradient_of_himmelblau_at_1_1():
    np.testing.assert_allclose(HIMMELBLAU.grad(SOME_POINT), G, atol=1e-12)
    np.testing.assert_allclose(central(HIMMELBLAU.f, SOME_POINT), G, atol=1e-7)
    assert STEEPEST == pytest.approx(59.666, abs=5e-4)
    assert angle(G) == pytest.approx(UPHILL, abs=5e-3)


def test_c28_e2_2_the_steepest_of_720_measured_slopes_is_as_long_as_the_gradient():
    """And it points where the gradient does, to the half degree between two directions."""
    degrees = np.arange(720) / 2
    slopes = slope_along(HIMMELBLAU.f, SOME_POINT, unit(degrees))
    assert slopes.max() == pytest.approx(59.666, abs=5e-4) and degrees[slopes.argmax()] == 219.5
    assert slopes.min() == pytest.approx(-59.666, abs=5e-4) and degrees[slopes.argmin()] == 39.5


def test_c28_e2_2_across_the_gradient_the_slope_is_0():
    across = unit(angle(G) + np.array([90, -90]))
    np.testing.assert_allclose(slope_along(HIMMELBLAU.f, SOME_POINT, across), 0, atol=1e-6)


def test_c30_e2_2_the_720_slopes_are_a_cosine():
    """To 2e-8 here: round-off at h = 1e-6."""
    degrees = np.arange(720) / 2
    slopes = slope_along(HIMMELBLAU.f, SOME_POINT, unit(degrees))
    cosine = STEEPEST * np.cos(np.radians(degrees - angle(G)))
    np.testing.assert_allclose(slopes, cosine, atol=5e-7)


def test_c29_c30_at_60_degrees_to_the_gradient_half_of_the_slope_is_left():
    slopes = slope_along(HIMMELBLAU.f, SOME_POINT, unit(angle(G) + np.array([60, -60])))
    np.testing.assert_allclose(slopes, STEEPEST / 2, atol=1e-6)


def test_c29_the_dot_product_in_the_direction_0_6_0_8_is_minus_58():
    assert (-46 * 0.6, -38 * 0.8, -46 * 0.6 - 38 * 0.8) == pytest.approx((-27.6, -30.4, -58))
    assert slope_along(HIMMELBLAU.f, SOME_POINT, [0.6, 0.8]) == pytest.approx(-58, abs=1e-6)


def test_c29_e2_2c_along_1_0_the_slope_is_minus_46_and_along_2_0_minus_92_for_twice_the_step():
    slopes = slope_along(HIMMELBLAU.f, SOME_POINT, np.array([[1, 2], [0, 0]]))
    np.testing.assert_allclose(slopes, [-46, -92], atol=1e-6)
    np.testing.assert_allclose(HIMMELBLAU.grad(SOME_POINT) @ [[1, 2], [0, 0]], [-46, -92])


def test_x2_3_the_slope_is_minus_30_at_99_374_and_at_339_745_degrees_and_nowhere_else():
    found = np.sort((angle(G) + np.degrees(np.arccos(-30 / STEEPEST)) * np.array([1, -1])) % 360)
    np.testing.assert_allclose(found, [99.374, 339.745], atol=5e-4)
    slopes = slope_along(HIMMELBLAU.f, SOME_POINT, unit(np.array([99.374, 339.745])))
    np.testing.assert_allclose(slopes, -30, atol=0.01)
    around = slope_along(HIMMELBLAU.f, SOME_POINT, unit(np.arange(720) / 2)) + 30
    assert (around * np.roll(around, 1) < 0).sum() == 2


def test_c35_the_entries_of_the_gradient_stand_in_the_order_of_the_parameters():
    slopes = slope_along(HIMMELBLAU.f, SOME_POINT, np.eye(2))
    np.testing.assert_allclose(slopes, G, atol=1e-6)
    assert G[0] != G[1]


def test_c37_a_partial_derivative_is_the_derivative_of_a_slice_and_not_the_slope_of_its_slope():
    """Along y = 1: (x² - 10)² + (x - 6)², with the slope -46 at 1 and the second derivative -26."""

    def slice_(x):
        return (x**2 - 10) ** 2 + (x - 6) ** 2

    x = np.linspace(-5, 5, 11)
    np.testing.assert_allclose(HIMMELBLAU.f([x, np.ones(11)]), slice_(x), rtol=1e-12)
    assert central(slice_, [1.0])[0, 0] == pytest.approx(-46, abs=1e-6)
    assert HIMMELBLAU.hessian(SOME_POINT)[0, 0] == pytest.approx(-26, abs=1e-5)


def test_c39_the_partial_derivative_in_x_depends_on_y_too():
    assert HIMMELBLAU.grad([1, 1])[0] == pytest.approx(-46)
    assert HIMMELBLAU.grad([1, 2])[0] == pytest.approx(-36)


@pytest.mark.parametrize("land", [HIMMELBLAU, ROSENBROCK], ids=lambda land: land.name)
def test_c67_along_the_gradient_the_loss_rises_and_against_it_it_falls(land):
    w = np.random.default_rng(0).uniform(-2, 2, (2, 500))
    g = land.grad(w)
    step = 1e-5 * g / np.hypot(*g)
    assert (land.f(w + step) > land.f(w)).all() and (land.f(w - step) < land.f(w)).all()


@pytest.mark.parametrize("d, printed", [(2, 0.64), (10, 0.26), (100, 0.080), (1000, 0.025)])
def test_c47_e2_8_a_random_direction_is_downhill_half_the_time_and_hardly_ever_steep(d, printed):
    """The mean |cos| is Γ(d/2)/(√π Γ((d + 1)/2)); 4000 directions measure it."""
    theory = np.exp(lgamma(d / 2) - lgamma((d + 1) / 2)) / np.sqrt(np.pi)
    assert theory == pytest.approx(printed, rel=0.02)
    rng = np.random.default_rng(0)
    g, u = rng.normal(size=d), rng.normal(size=(d, 4000))
    cos = g @ u / (np.linalg.norm(g) * np.linalg.norm(u, axis=0))
    assert np.abs(cos).mean() == pytest.approx(theory, abs=4 * np.sqrt((1 / d - theory**2) / 4000))
    assert (cos < 0).mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(4000))


def test_c47_e2_8_with_1000_parameters_the_best_of_1000_directions_is_10_percent_as_steep():
    """On average: 0.1025 here, and 0.084 to 0.144 in 60 tries."""
    u = np.random.default_rng(0).normal(size=(20, 1000, 1000))
    cos = u[:, 0] / np.linalg.norm(u, axis=1)  # with the gradient along the first axis
    assert cos.max(axis=1).mean() == pytest.approx(0.10, abs=0.01)


# --- partial derivatives without a tangent plane -------------------------------------------------


def test_c31_e2_3_at_the_crease_both_partials_are_0_and_the_slope_between_the_axes_is_0_35355():
    h = np.array([1, 1e-2, 1e-4, 1e-8])
    assert (CREASE.f([h, 0 * h]) == 0).all() and (CREASE.f([0 * h, h]) == 0).all()
    assert (CREASE.grad([0, 0]) == 0).all()
    diagonal = np.ones(2) / np.sqrt(2)
    slopes = CREASE.f(diagonal[:, None] * h) / h
    np.testing.assert_allclose(slopes, 0.35355, atol=5e-6)
    assert np.sqrt(2) / 4 == pytest.approx(0.35355, abs=5e-6)
    assert CREASE.grad([0, 0]) @ diagonal == 0


def test_c31_e2_3_the_slopes_at_the_crease_are_no_cosine():
    """They are cos²φ·sinφ: at most 2/(3√3) = 0.385, at 35.26 and 144.74 degrees.

    With both partials 0, a cosine would be 0 in every direction.
    """
    degrees = np.arange(720) / 2
    slopes = slope_along(CREASE.f, [0, 0], unit(degrees))
    x, y = unit(degrees)
    np.testing.assert_allclose(slopes, x**2 * y, atol=1e-9)
    assert slopes.max() == pytest.approx(2 / 3**1.5, abs=1e-4)
    assert degrees[slopes.argmax()] in (35.5, 144.5)


def test_e2_3_beside_the_origin_the_gradient_of_the_crease_depends_on_where_you_stand():
    for r in (1e-1, 1e-3, 1e-6):
        np.testing.assert_allclose(CREASE.grad([r, r]), [0.5, 0], atol=1e-12)
        np.testing.assert_allclose(CREASE.grad([r, 0]), [0, 1], atol=1e-12)


# --- the chain rule for one row of data -----------------------------------------------------------


def half_square(y, guess):
    return (y - guess) ** 2 / 2


def loss(theta, x, y):
    return half_square(y, theta[0] + theta[1] * x)


def gradient(theta, x, y):
    """-(y - ŷ) and -(y - ŷ)·x, by the chain rule over ŷ."""
    miss = y - (theta[0] + theta[1] * x)
    return np.stack([-miss, -miss * x])


SLIPS = {
    "∂L/∂y instead of ∂L/∂ŷ, or the minus forgotten": lambda miss, x: (miss, miss * x),
    "∂L/∂θ₀ as the product with ∂L/∂θ₁": lambda miss, x: (-miss * (-miss * x), -miss * x),
    "the x, which is ∂ŷ/∂θ₁, forgotten": lambda miss, x: (-miss, -miss),
}


def test_c57_e2_4_the_loss_rises_by_3_with_y_and_falls_by_3_with_the_guess():
    """At θ = (0, 0), x = 2, y = 3. For a parabola a central difference is exact at any h."""
    by_y, by_guess = central(lambda w: half_square(*w), [3.0, 0.0], h=0.5)
    assert (by_y, by_guess) == (3, -3)


def test_c58_c59_e2_4_the_gradient_at_0_0_is_minus_3_and_minus_6():
    measured = central(lambda theta: loss(theta, 2, 3), [0.0, 0.0], h=0.5)
    assert measured.tolist() == [-3, -6] == gradient((0, 0), 2, 3).tolist()


def test_c57_c59_e2_4_the_three_slips_give_3_and_6_then_18_for_minus_3_then_minus_3_for_minus_6():
    assert [slip(3, 2) for slip in SLIPS.values()] == [(3, 6), (18, -6), (-3, -3)]


def test_x2_4_the_gradient_at_another_point():
    measured = central(lambda theta: loss(theta, 3, 2), [0.5, -1.0], h=0.5)
    np.testing.assert_allclose(measured, [-4.5, -13.5], rtol=1e-12)
    np.testing.assert_allclose(gradient((0.5, -1), 3, 2), [-4.5, -13.5], rtol=1e-12)


def random_cases(n=100):
    theta, x, y = np.split(np.random.default_rng(0).uniform(-3, 3, (4, n)), [2, 3])
    return theta, x[0], y[0]


def test_c58_c59_the_right_chain_rule_agrees_with_a_difference_everywhere():
    theta, x, y = random_cases()
    measured = central(lambda t: loss(t, x, y), theta, h=0.5)
    np.testing.assert_allclose(gradient(theta, x, y), measured, atol=1e-10)


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
@pytest.mark.parametrize("theta, x, y", [((0.0, 0.0), 2, 3), ((0.5, -1.0), 3, 2)])
def test_c57_c59_each_popular_slip_disagrees_with_a_difference(slip, theta, x, y):
    measured = central(lambda t: loss(t, x, y), theta, h=0.5)
    said = np.stack(slip(y - (theta[0] + theta[1] * x), x))
    assert np.abs(said - measured).max() > 1


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_c57_c59_each_slip_disagrees_at_nearly_all_random_points_too(slip):
    theta, x, y = random_cases()
    measured = central(lambda t: loss(t, x, y), theta, h=0.5)
    said = np.stack(slip(y - (theta[0] + theta[1] * x), x))
    assert (np.abs(said - measured).max(axis=0) > 0.01).mean() > 0.95


# --- a gradient is one number for each parameter -------------------------------------------------


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, 200)
    return x, 1 + 2 * x + 0.8 * rng.normal(size=200)


def rows_loss(theta, x, y):
    """Half the mean squared error, row by row: what `loss_surface` says with moments."""
    return ((theta[0] + theta[1] * x - y) ** 2).mean() / 2


def test_c54_the_line_through_200_points(data):
    land = loss_surface(*data)
    np.testing.assert_allclose(land.minima[:, 0], [0.9365, 1.9494], atol=5e-5)
    np.testing.assert_allclose(np.polyfit(*data, 1)[::-1], land.minima[:, 0], rtol=1e-9)
    np.testing.assert_allclose(land.curvatures(land.minima[:, 0]), [0.952, 1.526], atol=5e-4)


@pytest.mark.parametrize("rows", [2, 20, 200])
def test_c42_e2_6_however_many_rows_the_gradient_has_one_entry_for_each_of_2_parameters(data, rows):
    x, y = (column[:rows] for column in data)
    g = loss_surface(x, y).grad([0, 0])
    assert g.shape == (2,)
    measured = [(rows_loss(h, x, y) - rows_loss(-h, x, y)) / 2e-5 for h in 1e-5 * np.eye(2)]
    np.testing.assert_allclose(g, measured, atol=1e-8)


def test_e2_6_the_gradient_of_200_points_at_0_0(data):
    g = loss_surface(*data).grad([0, 0])
    np.testing.assert_allclose(g, [-1.2455, -3.0299], atol=5e-5)


def test_c42_a_gradient_with_respect_to_the_data_exists_too_and_has_200_entries(data):
    x, y = data
    g = central(lambda y: ((y - 1 - 2 * x) ** 2).mean() / 2, y)
    assert g.shape == (200,)
    np.testing.assert_allclose(g, (y - 1 - 2 * x) / 200, atol=1e-9)


def net(w, x):
    """A 2-3-1 net: 3 tanh neurons and one linear one, from 13 parameters `(13,)`."""
    first, bias, second, last = w[:6].reshape(3, 2), w[6:9], w[9:12], w[12]
    hidden = np.tanh(first @ x + bias)
    return np.append(hidden, second @ hidden + last)


def test_c43_e2_6_a_net_of_4_neurons_has_13_gradient_entries():
    """Measured one by one; and backpropagation, by hand, gives the same 13."""
    rng = np.random.default_rng(0)
    w, x, y = rng.normal(size=13), rng.normal(size=2), 1.0
    *hidden, guess = net(w, x)
    assert len(hidden) + 1 == 4
    measured = [
        (half_square(y, net(w + h, x)[-1]) - half_square(y, net(w - h, x)[-1])) / 2e-5
        for h in 1e-5 * np.eye(13)
    ]
    error = guess - y
    at_hidden = error * w[9:12] * (1 - np.square(hidden))
    backwards = np.concatenate(
        [np.outer(at_hidden, x).ravel(), at_hidden, error * np.array(hidden), [error]]
    )
    assert len(measured) == 13 == len(backwards) and (backwards != 0).all()
    np.testing.assert_allclose(measured, backwards, atol=1e-8)


def test_c83_e2_7_the_bias_is_the_weight_of_a_feature_that_is_always_1():
    """The difference is round-off: 4e-16 here."""
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(200, 4)), rng.normal(size=5)
    with_ones = np.column_stack([np.ones(200), x])
    np.testing.assert_allclose(with_ones @ w, w[0] + x @ w[1:], atol=1e-14)


@pytest.mark.parametrize("feature", [1, 10])
def test_c84_feature_0_multiplies_the_slope_of_its_weight_and_only_1_leaves_it_alone(data, feature):
    x, y = data
    theta, h = np.array([0.3, 1.0]), np.array([0.5, 0])
    columns = np.stack([np.full(200, feature), x])

    def f(theta):
        return ((theta @ columns - y) ** 2).mean() / 2

    mean_error = (theta @ columns - y).mean()
    assert f(theta + h) - f(theta - h) == pytest.approx(feature * mean_error, rel=1e-9)
    second = (f(theta + h) - 2 * f(theta) + f(theta - h)) / 0.25
    assert second == pytest.approx(feature**2, rel=1e-9)


def test_c61_data_that_give_the_same_gradients_give_the_same_path(data):
    """Residuals three times as large: another loss, the same slope everywhere, the same steps."""
    x, y = data
    land = loss_surface(x, y)
    line = land.minima[0, 0] + land.minima[1, 0] * x
    noisier = loss_surface(x, line + 3 * (y - line))
    paths = [descend(gd, one.grad, [-1, -1], 100, lr=0.1) for one in (land, noisier)]
    np.testing.assert_allclose(*paths, atol=1e-12)
    lowest, higher = (one.f(one.minima[:, 0]) for one in (land, noisier))
    assert higher == pytest.approx(9 * lowest, rel=1e-9)


# --- 342 penguins, 342 arrows --------------------------------------------------------------------


def arrows(theta):
    """Each penguin's own gradient, (eᵢ, eᵢ·xᵢ): `(2, 342)`."""
    x, y, _ = penguins("standardised")
    error = theta[0] + theta[1] * x - y
    return np.stack([error, error * x])


PENGUINS = loss_surface(*penguins("standardised")[:2])
BEST = PENGUINS.minima[:, 0]


def test_penguins_the_gradient_is_the_mean_of_342_arrows():
    for theta in ((0, 0), (4, 0.4), (6, -3)):
        np.testing.assert_allclose(PENGUINS.grad(theta), arrows(theta).mean(axis=1), atol=1e-12)
    assert arrows((0, 0)).shape == (2, 342)


def test_penguins_the_gradient_at_0_0_at_4_0_4_and_at_the_minimum():
    """In standard deviations of x the gradient is the way from the minimum to where you stand."""
    np.testing.assert_allclose(BEST, [4.2018, 0.6976], atol=5e-5)
    np.testing.assert_allclose(PENGUINS.grad([0, 0]), [-4.2018, -0.6976], atol=5e-5)
    np.testing.assert_allclose(PENGUINS.grad([4, 0.4]), [-0.2018, -0.2976], atol=5e-5)
    np.testing.assert_allclose(PENGUINS.grad([4, 0.4]), [4, 0.4] - BEST, atol=1e-12)
    np.testing.assert_allclose(arrows(BEST).mean(axis=1), 0, atol=1e-12)


def test_penguins_at_the_minimum_the_sum_is_0_and_the_single_arrow_is_0_42_long():
    lengths = np.hypot(*arrows(BEST))
    assert lengths.mean() == pytest.approx(0.4236, abs=5e-5)
    assert lengths.max() == pytest.approx(2.018, abs=5e-4)
    assert np.hypot(*arrows((0, 0))).mean() == pytest.approx(5.890, abs=5e-4)


def against(theta):
    """The share of penguins that pull the other way than all together."""
    arrow = arrows(theta)
    return (arrow.mean(axis=1) @ arrow < 0).mean()


def test_penguins_two_kilograms_below_the_best_line_all_pull_one_way():
    assert against(BEST - [2, 0]) == 0


def test_penguins_where_the_gradient_is_0_1_long_a_third_to_a_half_pull_the_other_way():
    around = BEST[:, None] + 0.1 * unit(np.arange(720) / 2)
    np.testing.assert_allclose(np.hypot(*PENGUINS.grad(around)), 0.1)
    shares = [against(theta) for theta in around.T]
    assert min(shares) == pytest.approx(1 / 3) and max(shares) == pytest.approx(1 / 2)


# --- solving for a zero gradient -----------------------------------------------------------------

STARTS = np.array([-0.4, -0.3, 0.2, 0.4])


def newton(x, steps):
    for _ in range(steps):
        x = x - WELL.grad(x[None])[0] / (12 * x**2 - 4)
    return x


def test_c45_e2_9_newtons_method_takes_all_four_starts_to_the_maximum():
    minima, maxima = stationary_points(WELL)
    np.testing.assert_allclose(
        [minima[0, 0], maxima[0, 0], minima[0, 1]], [LOCAL, TOP, GLOBAL], atol=5e-6
    )
    np.testing.assert_allclose(newton(STARTS, 6), maxima[0, 0], atol=1e-6)
    assert TOP == pytest.approx(-0.0754, abs=5e-5)
    assert WELL.f([TOP]) == pytest.approx(1.0113, abs=5e-5)
    assert (WELL.f(STARTS[None]) < 1.01).all()  # all four end higher than they began
    assert WELL.curvatures(maxima)[0, 0] < 0


@pytest.mark.parametrize("lr", [0.01, 0.05, 0.1])
def test_c45_e2_9_gradient_descent_takes_the_same_four_to_minima(lr):
    end = arrive(gd, WELL.grad, STARTS[None], 1000, lr=lr)[0]
    np.testing.assert_allclose(end, [LOCAL, LOCAL, GLOBAL, GLOBAL], atol=5e-6)


# --- steepest is not towards the minimum ---------------------------------------------------------


def test_m6_c34_e2_10_in_other_units_steepest_descent_points_straight_at_the_minimum():
    """With u = (x, 10y) the same f is ½‖u‖²: measured 0 degrees off, at 100 random points."""

    def f(u):
        return landscapes.ravine(100).f([u[0], u[1] / 10])

    u = np.random.default_rng(0).uniform(-2, 2, (2, 100))
    assert degrees_between(-central(f, u), -u).max() < 1e-3


# --- automatic differentiation -------------------------------------------------------------------


class Number:
    """Reverse mode in ten lines: a number that remembers how it was made."""

    def __init__(self, value, parents=()):
        self.value, self.parents, self.slope = value, parents, 0.0

    def __add__(self, other):
        return Number(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Number(self.value * other.value, [(self, other.value), (other, self.value)])

    def backward(self, slope=1.0):
        self.slope += slope
        for parent, factor in self.parents:
            parent.backward(slope * factor)


def rosenbrock_of_numbers(x, y):
    minus = Number(-1.0)
    a, b = Number(1.0) + minus * x, y + minus * x * x
    return a * a + Number(100.0) * b * b


def test_c33_e2_11_automatic_differentiation_agrees_with_the_hand_made_gradient_to_rounding():
    """At 1000 points of [-2, 2]²: 2e-12 in entries of up to 4700, some last digits."""
    w = np.random.default_rng(0).uniform(-2, 2, (2, 1000))
    automatic = np.empty_like(w)
    for i, point in enumerate(w.T):
        x, y = map(Number, point)
        loss = rosenbrock_of_numbers(x, y)
        loss.backward()
        assert loss.value == pytest.approx(ROSENBROCK.f(point), rel=1e-12)
        automatic[:, i] = x.slope, y.slope
    by_hand = ROSENBROCK.grad(w)
    assert 4000 < np.abs(by_hand).max() < 6000
    assert np.abs(automatic - by_hand).max() < 1e-11
    apart = np.hypot(*(automatic - by_hand)) / np.hypot(*by_hand)
    assert apart.max() < 5e-15
    differences = central(ROSENBROCK.f, w)
    assert np.abs(differences - by_hand).max() > 1000 * np.abs(automatic - by_hand).max()


def test_e2_11_at_the_usual_start_of_rosenbrock():
    x, y = Number(-1.2), Number(1.0)
    rosenbrock_of_numbers(x, y).backward()
    np.testing.assert_allclose([x.slope, y.slope], [-215.6, -88], rtol=1e-14)


# --- the exercise on Beale -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "land", [landscapes.beale(), landscapes.three_pits()], ids=["beale", "pits"]
)
def test_x2_1_a_right_gradient_passes_the_check_by_differences_and_a_slip_does_not(land):
    """At 100 random points of the window; relative error below 1e-6."""
    low, high = np.transpose(land.window)[..., None]
    w = np.random.default_rng(0).uniform(low, high, (2, 100))
    measured = central(land.f, w)

    def worst(g):
        return (np.hypot(*(g - measured)) / np.hypot(*measured)).max()

    g = land.grad(w)
    assert worst(g) < 1e-7
    for slip in (-g, g / 2, g[::-1], g * [[1], [0]]):
        assert worst(slip) > 0.1
