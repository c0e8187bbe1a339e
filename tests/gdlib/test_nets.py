"""Both nets against plain loops, their gradients against differences, and what they refuse."""

import numpy as np
import pytest

from gdlib import nets
from gdlib.nets import xor_losses
from gdlib.optimizers import adam, descend, gd


def random_net(width, starts):
    rng = np.random.default_rng(5)
    shapes = (width, 2, starts), (width, 1, starts), (width, 1, starts), (1, starts)
    return [rng.normal(size=shape) for shape in shapes]


def one_run(first, second, steps, lr):
    """The same training of one net with loops over points and units: its last loss."""
    width = len(first)
    first, second = [list(weights) for weights in first], list(second)
    bias, last = [0.0] * width, 0.0
    points = [((-1, -1), -1), ((-1, 1), 1), ((1, -1), 1), ((1, 1), -1)]
    for step in range(steps + 1):
        loss, g_last = 0.0, 0.0
        g_first, g_bias = [[0.0, 0.0] for _ in range(width)], [0.0] * width
        g_second = [0.0] * width
        for (a, b), answer in points:
            before = [w[0] * a + w[1] * b + c for w, c in zip(first, bias, strict=True)]
            hidden = [max(z, 0.0) for z in before]
            error = sum(v * h for v, h in zip(second, hidden, strict=True)) + last - answer
            loss += error**2 / 2 / 4
            g_last += error / 4
            for unit in range(width):
                g_second[unit] += error * hidden[unit] / 4
                if before[unit] > 0:
                    back = error * second[unit] / 4
                    g_first[unit][0] += back * a
                    g_first[unit][1] += back * b
                    g_bias[unit] += back
        if step == steps:
            return loss
        last -= lr * g_last
        for unit in range(width):
            second[unit] -= lr * g_second[unit]
            bias[unit] -= lr * g_bias[unit]
            first[unit][0] -= lr * g_first[unit][0]
            first[unit][1] -= lr * g_first[unit][1]


@pytest.mark.parametrize("width", [1, 3])
def test_every_start_trains_as_it_would_alone_in_a_plain_loop(width):
    units = np.random.default_rng(2).normal(size=(width, 3, 4))
    alone = [one_run(u[:, :2], u[:, 2], 60, 0.2) for u in np.moveaxis(units, -1, 0)]
    together = xor_losses(width, 4, np.random.default_rng(2), steps=60, lr=0.2)
    np.testing.assert_allclose(together, alone, rtol=1e-12)
    assert np.ptp(alone) > 0.01  # the starts differ, so that mixing them up would show


def test_the_gradient_agrees_with_central_differences():
    net, h = random_net(width=3, starts=2), 1e-6
    for part, slopes in enumerate(nets._gradient(*net)):
        assert slopes.shape == net[part].shape
        for place in np.ndindex(*slopes.shape[:-1]):
            up, down = ([w.copy() for w in net] for _ in range(2))
            up[part][place] += h
            down[part][place] -= h
            measured = (nets._loss(*up) - nets._loss(*down)) / (2 * h)
            np.testing.assert_allclose(slopes[place], measured, atol=1e-8)


def test_the_loss_is_half_the_mean_squared_error():
    silent = [np.zeros_like(w) for w in random_net(width=2, starts=1)]
    np.testing.assert_array_equal(nets._loss(*silent), [0.5])  # four errors of size 1


def test_there_is_one_loss_for_each_start_and_the_seed_fixes_them_all():
    losses = xor_losses(4, 7, np.random.default_rng(1), steps=5)
    assert losses.shape == (7,) and len(set(losses)) == 7
    np.testing.assert_array_equal(losses, xor_losses(4, 7, np.random.default_rng(1), steps=5))
    assert (losses != xor_losses(4, 7, np.random.default_rng(2), steps=5)).all()


def test_more_steps_at_a_small_learning_rate_never_raise_the_loss():
    few, many = (xor_losses(3, 50, np.random.default_rng(0), steps=n, lr=0.01) for n in (50, 100))
    assert (many <= few).all() and (many < few).any()


def test_a_run_that_diverges_has_the_loss_inf_without_a_warning():
    assert (xor_losses(3, 5, np.random.default_rng(0), steps=200, lr=50.0) == np.inf).any()


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"width": 0}, "width must be a whole number of at least 1; got 0"),
        ({"width": 2.0}, "width must be a whole number of at least 1; got 2.0"),
        ({"width": True}, "width must be a whole number of at least 1; got True"),
        ({"starts": -3}, "starts must be a whole number of at least 1; got -3"),
        ({"starts": "many"}, "starts must be a whole number of at least 1; got 'many'"),
        ({"steps": 0.5}, "steps must be a whole number of at least 1; got 0.5"),
        ({"rng": 0}, r"rng must be a numpy Generator such as default_rng\(0\); got 0"),
        ({"lr": 0}, "lr must be a number above 0; got 0"),
        ({"lr": np.inf}, "lr must be a number above 0; got inf"),
    ],
)
def test_bad_input_is_named(bad, message):
    good = {"width": 2, "starts": 3, "rng": np.random.default_rng(0)}
    with pytest.raises(ValueError, match=message):
        xor_losses(**good | bad)


def test_numpy_whole_numbers_are_welcome():
    assert xor_losses(np.int64(2), np.int32(3), np.random.default_rng(0), steps=1).shape == (3,)


# The net on the moons.


def rng(seed=0):
    return np.random.default_rng(seed)


def rows_and_net(hidden=3, seeds=4, count=30):
    """Noisy moons, and nets whose biases are not 0."""
    inputs, labels = nets.moons(count, 0.3, rng())
    return rng(1).normal(size=(4 * hidden + 1, seeds)), inputs, labels


def plain_loss(w, inputs, labels):
    """The loss of one net with loops, the logarithms taken of the probabilities."""
    hidden, total = len(w) // 4, 0.0
    for x, y, label in zip(*inputs, labels, strict=True):
        said = [np.tanh(w[j] * x + w[hidden + j] * y + w[2 * hidden + j]) for j in range(hidden)]
        score = sum(w[3 * hidden + j] * said[j] for j in range(hidden)) + w[-1]
        p = 1 / (1 + np.exp(-score))
        total -= np.log(p if label else 1 - p)
    return total / len(labels)


def test_without_noise_each_point_lies_on_its_half_circle():
    (x, y), labels = nets.moons(101, 0, rng())
    upper, lower = labels == 0, labels == 1
    assert (upper.sum(), lower.sum()) == (50, 51)
    np.testing.assert_allclose(np.hypot(x, y)[upper], 1)
    np.testing.assert_allclose(np.hypot(x - 1, y - 0.5)[lower], 1)
    assert (y[upper] >= 0).all() and (y[lower] <= 0.5).all()
    assert (np.ptp(x[upper]), np.ptp(x[lower])) == (2, 2)  # the whole of each half


def test_noise_moves_the_points_by_its_standard_deviation_and_the_seed_fixes_it():
    clean, (noisy, labels) = nets.moons(20_000, 0, rng())[0], nets.moons(20_000, 0.3, rng())
    assert (noisy - clean).std() == pytest.approx(0.3, rel=0.02)
    np.testing.assert_array_equal(noisy, nets.moons(20_000, 0.3, rng())[0])
    assert set(labels) == {0, 1} and noisy.shape == (2, 20_000) and labels.shape == (20_000,)


def test_a_start_has_biases_0_and_weights_as_large_as_their_number_asks():
    w = nets.initial(16, 4000, rng())
    assert w.shape == (65, 4000)
    assert not w[32:48].any() and not w[64].any()
    assert w[:32].std() == pytest.approx(1 / np.sqrt(2), rel=0.02)
    assert w[48:64].std() == pytest.approx(1 / 4, rel=0.02)


def test_the_loss_is_the_mean_cross_entropy_of_each_net_alone():
    w, inputs, labels = rows_and_net()
    alone = [plain_loss(each, inputs, labels) for each in w.T]
    np.testing.assert_allclose(nets.loss(w, inputs, labels), alone, rtol=1e-12)


def test_a_net_that_says_nothing_loses_ln_2_and_is_right_nowhere():
    _, inputs, labels = rows_and_net()
    assert nets.accuracy(np.zeros(13), inputs, labels) == 0
    assert nets.loss(np.zeros(13), inputs, labels) == pytest.approx(np.log(2))
    np.testing.assert_allclose(nets.gradient(np.zeros(13), inputs, labels), 0, atol=1e-15)


@pytest.mark.parametrize("score", [1000.0, -1000.0])
def test_a_score_of_1000_costs_1000_where_it_is_wrong_and_nothing_where_it_is_right(score):
    w = np.zeros(5)
    w[-1] = score
    inputs, right = np.zeros((2, 4)), int(score > 0)
    for label, cost in ((right, 0), (1 - right, 1000)):
        labels = np.full(4, label)
        assert nets.loss(w, inputs, labels) == cost
        assert nets.accuracy(w, inputs, labels) == (label == right)
        np.testing.assert_array_equal(nets.gradient(w, inputs, labels)[-1], right - label)


def test_a_run_that_diverged_has_no_loss_and_gets_nothing_right():
    _, inputs, labels = rows_and_net()
    assert np.isnan(nets.loss(np.full(13, np.nan), inputs, labels))
    assert nets.accuracy(np.full(13, np.nan), inputs, labels) == 0
    assert np.isnan(nets.gradient(np.full(13, np.inf), inputs, labels)).any()


def test_accuracy_is_the_share_of_rows_on_the_right_side():
    w = np.zeros(5)
    w[0], w[3] = 1, 1  # score tanh(x): it says 1 right of 0
    inputs = np.array([[-2.0, -1, 1, 2], [0, 0, 0, 0]])
    assert nets.accuracy(w, inputs, np.array([0, 0, 0, 1])) == 0.75
    assert nets.accuracy(-w, inputs, np.array([0, 0, 1, 1])) == 1  # two signs cancel
    w[3] = -1
    assert nets.accuracy(w, inputs, np.array([0, 0, 1, 1])) == 0


def test_the_gradient_of_the_moons_agrees_with_central_differences():
    w, inputs, labels = rows_and_net()
    own = rng(3).integers(30, size=(7, 4))  # rows that differ from net to net
    for data in ((inputs, labels), (inputs[:, own], labels[own])):
        for k, slope in enumerate(nets.gradient(w, *data)):
            up, down = w.copy(), w.copy()
            up[k] += 1e-6
            down[k] -= 1e-6
            measured = (nets.loss(up, *data) - nets.loss(down, *data)) / 2e-6
            np.testing.assert_allclose(slope, measured, atol=1e-8)


def test_coordinates_come_first_and_the_batch_last():
    w, inputs, labels = rows_and_net()
    path = np.stack([w, w + 1, w - 1], axis=1)
    for net, batch in ((w[:, 0], ()), (w, (4,)), (path, (3, 4))):
        assert np.shape(nets.loss(net, inputs, labels)) == batch
        assert np.shape(nets.accuracy(net, inputs, labels)) == batch
        assert nets.gradient(net, inputs, labels).shape == net.shape
    np.testing.assert_array_equal(nets.loss(path, inputs, labels)[0], nets.loss(w, inputs, labels))


def test_some_seeds_give_what_the_same_seeds_give_among_many():
    w, inputs, labels = rows_and_net(seeds=6)
    own = rng(3).integers(30, size=(16, 6))
    many = nets.gradient(w, inputs[:, own], labels[own])
    some = nets.gradient(w[:, 2:4], inputs[:, own[:, 2:4]], labels[own[:, 2:4]])
    np.testing.assert_array_equal(some, many[:, 2:4])
    alone = nets.gradient(w[:, 2], inputs[:, own[:, 2]], labels[own[:, 2]])
    np.testing.assert_allclose(alone, many[:, 2], rtol=1e-12)  # numpy sums one column in pairs


@pytest.mark.parametrize("rule", [gd, adam])
def test_a_whole_training_alone_ends_where_it_ends_among_many(rule):
    starts, (_, inputs, labels) = nets.initial(4, 5, rng()), rows_and_net()

    def grad(w):
        return nets.gradient(w, inputs, labels)

    path = descend(rule, grad, starts, 50, lr=0.1)
    np.testing.assert_allclose(descend(rule, grad, starts[:, 3], 50, lr=0.1), path[:, :, 3])
    assert (nets.loss(path[:, -1], inputs, labels) < nets.loss(starts, inputs, labels)).all()


def test_the_mini_batches_of_an_epoch_average_to_the_full_gradient():
    w, inputs, labels = rows_and_net()
    grad = nets.minibatches(inputs, labels, 6, rng(5))
    for _ in range(2):
        epoch = [grad(w) for _ in range(5)]
        np.testing.assert_allclose(np.mean(epoch, axis=0), nets.gradient(w, inputs, labels))
        assert np.std(epoch, axis=0).min() > 1e-4  # and each of them is another one


def test_each_seed_draws_rows_of_its_own():
    w, inputs, labels = rows_and_net(seeds=1)
    g = nets.minibatches(inputs, labels, 6, rng(5))(np.repeat(w, 3, axis=1))
    assert not np.isclose(g[:, 0], g[:, 1]).any() and not np.isclose(g[:, 0], g[:, 2]).any()


# Its landscape, seen in a plane.


def test_a_direction_is_as_long_in_each_unit_as_the_unit_itself():
    w = rng(2).normal(size=13)
    units = [[j, 3 + j, 6 + j] for j in range(3)] + [[9, 10, 11, 12]]
    axes = nets.directions(w, rng())
    for unit in units:
        np.testing.assert_allclose(
            np.linalg.norm(axes[unit], axis=0), np.linalg.norm(w[unit]), rtol=1e-12
        )
    assert sorted(sum(units, [])) == list(range(13))  # no entry is forgotten
    assert abs(axes[:, 0] @ axes[:, 1]) < 0.9 * (w @ w)  # and there are two of them


def test_where_a_unit_is_0_no_direction_moves_it():
    w = rng(2).normal(size=13)
    w[[1, 4, 7]] = 0
    assert not nets.directions(w, rng())[[1, 4, 7]].any()


def test_a_path_in_a_plane_gives_that_plane_and_the_share_1():
    plane, _ = np.linalg.qr(rng().normal(size=(9, 2)))
    centre, places = rng(1).normal(size=9), rng(2).normal(size=(2, 20, 3))
    path = centre[:, None, None] + np.tensordot(plane, places, axes=1)
    axes, shares = nets.principal(path, centre)
    np.testing.assert_allclose(axes.T @ axes, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(axes @ axes.T, plane @ plane.T, atol=1e-12)
    assert shares.sum() == pytest.approx(1) and shares[0] > shares[1] > 0.1


def test_the_shares_are_the_squared_ways_along_the_axes_and_no_other_plane_holds_more():
    path = rng().normal(size=(6, 40)).cumsum(axis=1)
    away = path - path[:, -1:]
    axes, shares = nets.principal(path, path[:, -1])
    held = ((axes.T @ away) ** 2).sum(axis=1) / (away**2).sum()
    np.testing.assert_allclose(held, shares)
    for seed in range(100):
        other, _ = np.linalg.qr(axes + 0.3 * rng(seed).normal(size=(6, 2)))
        assert ((other.T @ away) ** 2).sum() <= shares.sum() * (away**2).sum()


def test_an_axis_points_to_where_its_largest_entry_is_positive():
    path = rng().normal(size=(6, 40)).cumsum(axis=1)
    for turned in (path, -path):
        axes, _ = nets.principal(turned, turned[:, -1])
        assert (axes[np.abs(axes).argmax(axis=0), [0, 1]] > 0).all()


def test_even_a_random_walk_keeps_nine_tenths_in_its_principal_plane():
    """Seen from its end, the limit in many dimensions is 8/π² + 8/(9π²) = 0.9006."""
    walk = rng().normal(size=(2000, 200)).cumsum(axis=1)
    _, shares = nets.principal(walk, walk[:, -1])
    np.testing.assert_allclose(shares, [8 / np.pi**2, 8 / np.pi**2 / 9], atol=0.01)


def test_a_random_plane_holds_two_of_d_parts_of_a_squared_way():
    way = rng().normal(size=13)
    held = []
    for seed in range(4000):
        plane, _ = np.linalg.qr(rng(seed).normal(size=(13, 2)))
        at = nets.shadow(way, np.zeros(13), plane)
        held.append((at @ at) / (way @ way))
    assert np.mean(held) == pytest.approx(2 / 13, rel=0.03)


def test_a_place_in_the_plane_has_its_coordinates_back_and_the_rest_does_not_count():
    axes, centre = rng().normal(size=(13, 2)), rng(1).normal(size=13)  # not orthogonal
    places = rng(2).normal(size=(2, 5, 3))
    path = centre[:, None, None] + np.tensordot(axes, places, axes=1)
    np.testing.assert_allclose(nets.shadow(path, centre, axes), places, atol=1e-12)
    away = rng(3).normal(size=13)
    away -= axes @ np.linalg.lstsq(axes, away)[0]
    np.testing.assert_allclose(nets.shadow(path[:, 0, 0] + away, centre, axes), places[:, 0, 0])


def test_a_step_that_diverged_leaves_the_shadow_of_the_others_alone():
    path = rng().normal(size=(5, 4))
    path[:, 3] = np.inf, -np.inf, np.nan, 0, 1
    axes, centre = rng(1).normal(size=(5, 2)), np.zeros(5)
    at = nets.shadow(path, centre, axes)
    np.testing.assert_allclose(at[:, :3], nets.shadow(path[:, :3], centre, axes))
    assert np.isnan(at[:, 3]).all()


def test_the_plane_shows_the_loss_of_the_nets_in_it():
    w, inputs, labels = rows_and_net()
    centre, axes = w[:, 0], w[:, 1:3]

    def f(w):
        return nets.loss(w, inputs, labels)

    seen = nets.on_plane(f, centre, axes)
    assert seen(np.zeros(2)) == f(centre)
    mesh = np.stack(np.meshgrid([0.0, 1, 2], [0.0, -1]))
    assert seen(mesh).shape == (2, 3)
    assert seen(mesh)[1, 2] == pytest.approx(f(centre + 2 * axes[:, 0] - axes[:, 1]))


def good_rows():
    return nets.moons(10, 0.1, rng())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nets.moons(1, 0.1, rng()), "count must be a whole number of at least 2; got 1"),
        (lambda: nets.moons(9, -1, rng()), "noise must be a finite number of at least 0; got -1"),
        (lambda: nets.moons(9, 0.1, 0), "rng must be a numpy Generator"),
        (lambda: nets.initial(0, 3, rng()), "hidden must be a whole number of at least 1; got 0"),
        (lambda: nets.initial(3, 2.5, rng()), "seeds must be a whole number of at least 1"),
        (lambda: nets.initial(3, 2, None), "rng must be a numpy Generator"),
        (lambda: nets.loss(np.zeros(6), *good_rows()), r"w must be of the shape .*got \(6,\)"),
        (lambda: nets.gradient(np.zeros(1), *good_rows()), r"w must be of the shape .*got \(1,\)"),
        (
            lambda: nets.loss(np.zeros(5), good_rows()[0].T, good_rows()[1]),
            r"inputs and labels must be of the shapes \(2, rows, ...\) .*got \(\(10, 2\)",
        ),
        (
            lambda: nets.gradient(np.zeros(5), np.zeros((2, 8, 3)), np.zeros((8, 3))),
            "inputs and labels must be of the shapes",
        ),
        (
            lambda: nets.minibatches(good_rows()[0].T, good_rows()[1], 4, rng()),
            r"inputs and labels must be of the shapes \(2, rows\) and \(rows,\)",
        ),
        (lambda: nets.minibatches(np.full((2, 3), np.nan), [0, 1, 0], 2, rng()), "inputs must be"),
        (lambda: nets.minibatches(np.zeros((2, 3)), [0, 1, 2], 2, rng()), "labels must be 0 or 1"),
        (lambda: nets.minibatches(*good_rows(), 11, rng()), "size must be .* from 1 to 10; got 11"),
        (lambda: nets.minibatches(*good_rows(), 4, 7), "rng must be a numpy Generator"),
        (lambda: nets.directions(np.zeros((5, 2)), rng()), "w must be one net"),
        (lambda: nets.directions(np.full(5, np.inf), rng()), "w must be finite numbers"),
        (lambda: nets.directions(np.zeros(6), rng()), r"w must be one net, .*got \(6,\)"),
        (lambda: nets.directions(np.zeros(5), 0), "rng must be a numpy Generator"),
        (
            lambda: nets.principal(np.zeros((5, 9)), np.zeros(4)),
            r"path and centre must be of the shapes .*got \(\(5, 9\), \(4,\)\)",
        ),
        (
            lambda: nets.principal(np.full((5, 9), np.nan), np.zeros(5)),
            "path must be finite numbers: a run that diverged has no plane",
        ),
        (
            lambda: nets.principal(np.ones((5, 9)), np.ones(5)),
            "path must be points of which one is off the centre",
        ),
        (
            lambda: nets.shadow(np.zeros(5), np.zeros(5), np.zeros((2, 5))),
            r"axes must be two directions, in the shape \(5, 2\); got \(2, 5\)",
        ),
        (
            lambda: nets.on_plane(np.sum, np.zeros(5), np.zeros((5, 3))),
            r"axes must be two directions, in the shape \(5, 2\); got \(5, 3\)",
        ),
    ],
)
def test_bad_input_of_the_moons_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
