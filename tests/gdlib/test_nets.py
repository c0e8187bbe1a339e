"""The XOR net against a plain loop, its gradient against differences, and what it refuses."""

import numpy as np
import pytest

from gdlib import nets
from gdlib.nets import xor_losses


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
