"""The checks of notebook 06, RMSProp."""

import numpy as np

from gdlib import landscapes, optimizers
from gdlib.check import Verdict, asked_for, called, no_rate, no_rho, number, reals
from gdlib.optimizers import descend, gd, rmsprop

# --- 1: the first step ---------------------------------------------------------------------------


def first_step(rho, wanted=5.0):
    """Is the first step `wanted` times the learning rate, whatever the gradient?"""
    if (wrong := no_rho(rho)) is not None:
        return wrong
    rho = number(rho)
    rng = np.random.default_rng(3)
    g = rng.choice([-1, 1], 3) * 10 ** rng.uniform(-1, 3, 3)
    steps = _first_steps(g, rho)
    if _near(steps, wanted):
        return Verdict(True, f"{_told(g, steps)}, as expected: the gradient's size cancels.")
    said = f"{_told(g, steps)}; expected {wanted:g}."
    if _near(_first_steps(g, 1 - rho), wanted):
        return Verdict(False, f"{said} That is 1 − ρ: ρ itself is the share of the old s.")
    if _near(steps**2, wanted):
        return Verdict(False, f"{said} Without the root it would be: the step is divided by √s.")
    if steps[0] < wanted:
        return Verdict(False, f"{said} Too short: let less of the first g² into s.")
    return Verdict(False, f"{said} Too long: let more of the first g² into s.")


def _first_steps(g, rho):
    """How many learning rates long the first step is, at each of the gradients."""
    if rho >= 1:  # as 1 - ρ of a tiny ρ
        return np.full(len(g), np.nan)
    lr = 0.01
    return np.abs(rmsprop(0.0, g, 0.0, lr=lr, rho=rho)[0]) / lr


def _near(steps, wanted):
    return np.allclose(steps, wanted, rtol=0, atol=0.005)


def _told(g, steps):
    g, steps = [f"{each:.3g}" for each in g], [f"{each:.2f}" for each in steps]
    return f"At gradients of {_listed(g)} the first step is {_listed(steps)} times lr"


def _listed(words):
    return f"{', '.join(words[:-1])} and {words[-1]}"


# --- 2, 3: the wobble at the end -----------------------------------------------------------------


def wobble(lr, wanted=0.001, steps=2000):
    """Does RMSProp from 1 on the parabola come down, and swing by less than `wanted` in the end?"""
    if (wrong := no_rate(lr)) is not None:
        return wrong
    lr = number(lr)
    path = descend(rmsprop, landscapes.parabola().grad, [1.0], steps, lr=lr, rho=0.9)
    (before, _), (size, swings) = _tail(path[:, :-100]), _tail(path)
    if not np.isfinite(size):
        said = f"Expected a wobble of less than {wanted:g}; the run leaves the finite numbers"
        return Verdict(False, f"{said}: far too large.")
    if not swings or not np.isclose(before, size, rtol=0.01):
        said = f"After {steps} steps the ball is at {path[0, -1]:.2g} and does not swing evenly"
        said = f"{said} yet; expected a wobble of less than {wanted:g} by then. Too small: a step"
        return Verdict(False, f"{said} of RMSProp is about lr long.")
    said = f"After {steps} steps the ball swings by {size:.4g} to either side; expected less than"
    said = f"{said} {wanted:g}."
    if size < wanted:
        return Verdict(True, said)
    return Verdict(False, f"{said} Too large: what becomes of the wobble at half this lr?")


def eps_that_stops(eps, curvature=2.0, lr=0.05):
    """Is `eps`, inside the root, where the wobble just stops: not at 5 % less, but at 5 % more?"""
    given, eps = eps, number(eps)
    if eps is None or not 0 < eps < 1e100:
        return asked_for("ε is a number above 0, and not a huge one", given)
    (below, above), (swings, still_swings) = _around(eps, curvature, lr)
    if still_swings:
        said = f"At 1.05 ε the ball still swings by {above:.2g} to either side; expected it to"
        said = f"{said} stop there."
        if _just_stops(eps, 1.0, lr):
            said = f"{said} Yours would do for curvature 1; here the gradient is larger."
            return Verdict(False, said)
        return Verdict(False, f"{said} Too small.")
    if swings:
        said = f"At 0.95 ε the ball swings by {below:.2g} to either side, at 1.05 ε it"
        return Verdict(True, f"{said} comes to rest.")
    said = "At 0.95 ε the ball does not swing either; expected it to. Too large."
    if _just_stops(eps**2, curvature, lr):
        said = f"{said} It would be right outside the root, in g/(√s + ε); here it stands inside."
    elif _just_stops(eps / 4, curvature, lr):
        said = f"{said} A swing leads from one side to the other: that is twice the distance from"
        said = f"{said} the bottom."
    return Verdict(False, said)


def _around(eps, curvature, lr):
    """Of the runs at 0.95 and at 1.05 ε: how far out they are in the end, and whether they swing.

    What has come within 1e-9 is at rest.
    """
    grad, both = landscapes.parabola(curvature).grad, eps * np.array([0.95, 1.05])
    sizes, swing = _tail(descend(rmsprop, grad, [1.0], 5000, lr=lr, rho=0.9, eps=both))
    return sizes, swing & (sizes > 1e-9)


def _just_stops(eps, curvature, lr):
    return _around(eps, curvature, lr)[1].tolist() == [True, False]


def _tail(path):
    """The largest distance from 0 in the last 100 steps, and whether most of them cross it."""
    (tail,) = path[:, -100:]
    signs = np.sign(tail)
    return np.abs(tail).max(axis=0), (signs[1:] * signs[:-1] < 0).mean(axis=0) > 0.5


# --- 4: a ravine that is turned ------------------------------------------------------------------


def smallest_angle(degrees, kappa=1000, allowed=500):
    """Is this the smallest rotation at which RMSProp needs too long in the ravine?

    From (1, 1), turned along with it, at lr = 0.01, until it is within 0.05 for good.
    """
    d = number(degrees)
    if d is None or d % 1 != 0 or not 1 <= d <= 45:
        return asked_for("A whole number of degrees, please, from 1 to 45", degrees)
    before, here = (_steps_in_ravine(kappa, angle) for angle in (d - 1, d))
    said = f"At {d:.0f}° the run takes {here} steps"
    if here <= allowed:
        return Verdict(False, f"{said}; expected more than {allowed}. Turn it further.")
    said = f"{said}, at {d - 1:.0f}° {before}"
    if before > allowed:
        return Verdict(False, f"{said}, also more than {allowed}: a smaller angle will do.")
    return Verdict(True, f"{said}: yours is the smallest with more than {allowed}.")


def _steps_in_ravine(kappa, angle):
    land = landscapes.ravine(kappa, angle)
    start = np.sqrt(2) * land.start
    path = descend(rmsprop, land.grad, start, 2000, lr=0.01, rho=0.9)
    return optimizers.first_step(np.hypot(*path) < 0.05)


# --- 5: the loss times 1000 ----------------------------------------------------------------------


def scaled(for_gd, for_rmsprop, lr=0.01, factor=1000, within=0.001):
    """With these learning rates, do the rules walk on factor·f the path that they walk on f at lr?

    On Himmelblau from (0, 0), for 200 steps.
    """
    for given in (for_gd, for_rmsprop):
        if (wrong := no_rate(given)) is not None:
            return wrong
    rates = {gd: number(for_gd), rmsprop: number(for_rmsprop)}
    apart, longer = zip(*(_compared(each, lr, rates[each], factor) for each in rates), strict=True)
    if max(apart) < within:
        said = f"On {factor}·f each walks its path on f: {apart[0]:.0e} apart at most with gradient"
        return Verdict(True, f"{said} descent, {apart[1]:.0e} with RMSProp, for ε is as it was.")
    far = [f"{off:.2g} apart" if off < optimizers.FAR else "far apart" for off in apart]
    said = f"On {factor}·f and on f the paths of gradient descent are {far[0]}, those of RMSProp"
    said = f"{said} {far[1]}; expected less than {within:g}."
    for name, off, times in zip(("Gradient descent", "RMSProp"), apart, longer, strict=True):
        if off >= within:
            said = f"{said} {name}'s first step has become {times:.4g} times as long."
    swapped = _compared(gd, lr, rates[rmsprop], factor), _compared(rmsprop, lr, rates[gd], factor)
    if max(swapped)[0] < within:
        return Verdict(False, f"{said} They are swapped: gradient descent's comes first.")
    said = f"{said} Each gradient is {factor} times as large: how much larger is"
    return Verdict(False, f"{said} {'lr·g' if apart[0] >= within else '√s'}?")


def _compared(optimizer, lr, new, factor):
    """How far the paths on f and on factor·f part, and how much longer the first step becomes."""
    land, paths = landscapes.himmelblau(), []
    for rate, times in ((lr, 1), (new, factor)):
        hyper = {"lr": rate} | ({} if optimizer is gd else {"rho": 0.9})
        paths.append(descend(optimizer, lambda w, k=times: k * land.grad(w), [0, 0], 200, **hyper))
    with np.errstate(all="ignore"):
        before, after = (np.hypot(*path[:, 1]) for path in paths)
        apart = np.hypot(*(paths[1] - paths[0])).max()
    return (apart if np.isfinite(apart) else np.inf), after / before


# --- the rule of Adam ----------------------------------------------------------------------------

W = np.array([[1.0, -2.0], [0.5, 3.0]])
G = np.array([4, -8, 6, 1, -3])[:, None, None] * [[1, -0.25], [0.5, -1.5]]  # of five steps
SETTINGS = {"lr": 0.1, "rho_m": 0.8, "rho": 0.95}, {"lr": 0.05, "rho_m": 0.9, "rho": 0.99}


def adam(my_adam):
    """Is `my_adam(w, g, memory, *, lr, rho_m, rho, eps)` Adam (Kingma and Ba 2015)?

    `rho_m` is the memory of m, the average of the gradients, and `rho` that of s, the average of
    their squares, as in RMSProp; the paper has β₁ and β₂. What `memory` holds is the learner's
    affair; it starts as 0.0, so that `m, s, t = memory or (0.0, 0.0, 0)` unpacks it at every step.

    Expected is the plain weighted mean of all gradients so far over the root of that of their
    squares: this is what the bias correction makes of leaky averages. ε may stand inside the root,
    as in this course, or outside, as in the paper; the verdict says which.
    """
    for settings in SETTINGS:
        hyper = settings | {"eps": 1e-12}
        came, again = _walk(my_adam, hyper), _walk(my_adam, hyper)
        for each in (came, again):
            if isinstance(each, Verdict):
                return each
        if not np.array_equal(came, again, equal_nan=True):
            said = "Started a second time it takes other steps: what it remembers belongs in the"
            return Verdict(False, f"{said} memory that it returns, and nowhere else.")
        expected = _points(_adam, settings)
        if not _alike(came, expected):
            mistake = _mistake(came, settings) or _unused(my_adam, came, hyper)
            return _refused(mistake, came, expected, settings)
    return _where_eps_stands(my_adam, settings)


def _leaky(values, rho):
    """The leaky average of the values, oldest first, that starts at 0."""
    return np.tensordot((1 - rho) * rho ** np.arange(len(values))[::-1], values, 1)


def _mean(values, rho):
    """Their weighted mean: the same weights, divided by what they add up to."""
    return _leaky(values, rho) / (1 - rho ** len(values))


def _fed_back(values, rho):
    """What comes out if the corrected average goes into the memory."""
    average = 0.0
    for t, value in enumerate(values, 1):
        average = (rho * average + (1 - rho) * value) / (1 - rho**t)
    return average


def _means(values, rho):
    """The leaky average after each of the values."""
    return np.array([_leaky(values[: t + 1], rho) for t in range(len(values))])


def _adam(past, a, b):
    """The direction of a step from all gradients so far; a is rho_m and b is rho."""
    return _mean(past, a) / np.sqrt(_mean(past**2, b))


# What a slip makes of that direction.
_SLIPS = {
    "No bias correction: m and s start at 0 and are too small at first.": (
        lambda past, a, b: _leaky(past, a) / np.sqrt(_leaky(past**2, b))
    ),
    "Only m is corrected for its start at 0, s is not.": (
        lambda past, a, b: _mean(past, a) / np.sqrt(_leaky(past**2, b))
    ),
    "Only s is corrected for its start at 0, m is not.": (
        lambda past, a, b: _leaky(past, a) / np.sqrt(_mean(past**2, b))
    ),
    "rho_m and rho are swapped: rho_m is the memory of m, rho that of s.": (
        lambda past, a, b: _adam(past, b, a)
    ),
    "rho_m and rho are swapped in the corrections.": (
        lambda past, a, b: (
            _leaky(past, a)
            / (1 - b ** len(past))
            / np.sqrt(_leaky(past**2, b) / (1 - a ** len(past)))
        )
    ),
    "Both averages have rho; that of m is rho_m.": lambda past, a, b: _adam(past, b, b),
    "Both averages have rho_m; that of s is rho.": lambda past, a, b: _adam(past, a, a),
    "The root is missing: s is made of squares.": (
        lambda past, a, b: _mean(past, a) / _mean(past**2, b)
    ),
    "s is not in the step: what divides m?": lambda past, a, b: _mean(past, a),
    "Divide by the root, do not multiply.": (
        lambda past, a, b: _mean(past, a) * np.sqrt(_mean(past**2, b))
    ),
    "The step is made with the last gradient: m belongs in its place.": (
        lambda past, a, b: past[-1] / np.sqrt(_mean(past**2, b))
    ),
    "This is RMSProp: m belongs in the place of g, and both averages want a correction.": (
        lambda past, a, b: past[-1] / np.sqrt(_leaky(past**2, b))
    ),
    "s averages the squares of m; it is those of the gradient that belong there.": (
        lambda past, a, b: _mean(past, a) / np.sqrt(_mean(_means(past, a) ** 2, b))
    ),
    "The squares of all coordinates are added up; each has an average of its own.": (
        lambda past, a, b: (
            _mean(past, a) / np.sqrt(_mean((past**2).sum(axis=(1, 2), keepdims=True), b))
        )
    ),
    "m is a leaky sum here; what makes it an average?": (
        lambda past, a, b: _adam(past, a, b) / (1 - a)
    ),
    "s is a leaky sum here; what makes it an average?": (
        lambda past, a, b: _adam(past, a, b) * np.sqrt(1 - b)
    ),
    "The corrected averages went into the memory; keep m and s there as they are.": (
        lambda past, a, b: _fed_back(past, a) / np.sqrt(_fed_back(past**2, b))
    ),
    "Every step is a first step: the new m, s and t belong in the memory that you return.": (
        lambda past, a, b: np.sign(past[-1])
    ),
    "Each correction is that of the first step: is it the new t that you return?": (
        lambda past, a, b: _leaky(past, a) / (1 - a) / np.sqrt(_leaky(past**2, b) / (1 - b))
    ),
}


def _points(direction, settings):
    """The points after each step in this direction."""
    of = settings["rho_m"], settings["rho"]
    steps = [direction(G[: t + 1], *of) for t in range(len(G))]
    return W - settings["lr"] * np.cumsum(steps, axis=0)


def _mistake(came, settings):
    """The mistake that explains all that came, or nothing."""
    right = _points(_adam, settings) - W
    step = np.diff(right, axis=0, prepend=0)
    paths = {
        "Nothing moves: the new w is the old one.": W + 0 * right,
        "The sign is wrong: the step leads uphill.": W - right,
        "The learning rate is missing.": W + right / settings["lr"],
        "This is the step; the new point is w minus it.": -step,
        "This is minus the step; add it to w.": step,
    }
    paths |= {said: _points(direction, settings) for said, direction in _SLIPS.items()}
    if np.isnan(came[0]).all():
        return "A division by 0, or a root of something negative: is t 1 at the first step?"
    return next((said for said, path in paths.items() if _alike(came, path)), "")


def _unused(my_adam, came, hyper):
    """That lr, a ρ or ε changes nothing, if that is so."""
    for name, other in ({name: hyper[name] / 2 for name in SETTINGS[0]} | {"eps": 0.1}).items():
        again = _walk(my_adam, hyper | {name: other})
        if not isinstance(again, Verdict) and _alike(came, again):
            return f"{name} changes nothing: is a number typed in where {name} belongs?"
    return ""


def _where_eps_stands(my_adam, settings, eps=0.1):
    """Accept ε inside the root or outside, and say which; it must be somewhere."""
    came = _walk(my_adam, settings | {"eps": eps})
    if isinstance(came, Verdict):
        return came
    places = {
        "inside the root, as in this course": (
            lambda past, a, b: _mean(past, a) / np.sqrt(_mean(past**2, b) + eps)
        ),
        "outside the root, as in the paper": (
            lambda past, a, b: _mean(past, a) / (np.sqrt(_mean(past**2, b)) + eps)
        ),
        "outside the root and before the correction, as in Keras": (
            lambda past, a, b: (
                _mean(past, a) * np.sqrt(1 - b ** len(past)) / (np.sqrt(_leaky(past**2, b)) + eps)
            )
        ),
    }
    for place, direction in places.items():
        if _alike(came, _points(direction, settings)):
            return Verdict(True, f"This is Adam, over {len(G)} steps, with ε {place}.")
    said = f"With ε = 1e-12 all is right, with ε = {eps:g} it is not."
    if _alike(came, _points(_adam, settings)):
        said = "eps changes nothing. Where all gradients are 0, do you divide by 0?"
    inside, *_ = places.values()
    return _refused(said, came, _points(inside, settings), settings | {"eps": eps})


def _refused(said, came, expected, hyper):
    """What was expected beside what came, at the first step where they differ."""
    step = np.argmin([_alike(*both) for both in zip(came, expected, strict=True)])
    at = (step, *np.argwhere(~_close(came[step], expected[step]))[0])
    along = ", then ".join(f"{g:g}" for g in G[: step + 1, *at[1:]])
    told = ", ".join(f"{name} {value:g}" for name, value in hyper.items())
    said = f"{said} From {W[at[1:]]:g}, with {told} and gradient {along}, expected"
    expected, came, digits = expected[at], came[at], 4
    while digits < 17 and f"{expected:.{digits}g}" == f"{came:.{digits}g}":
        digits += 1  # as many as tell them apart
    said = f"{said} {expected:.{digits}g}; yours gives {came:.{digits}g}."
    return Verdict(False, said.lstrip())


def _close(came, expected):
    with np.errstate(all="ignore"):
        return np.isclose(came, expected, rtol=1e-6, atol=1e-6)


def _alike(came, expected):
    return _close(came, expected).all()


def _walk(my_adam, hyper):
    """The points after each step of the learner's rule, `(5, 2, 2)`, or a verdict."""
    w, memory, points = W, 0.0, []
    for t, g in enumerate(G, 1):
        handed = w.copy(), g.copy()
        came = called(my_adam, *handed, memory, name=f"Your rule, at step {t},", **hyper)
        if isinstance(came, Verdict):
            return _explained(came, t) if callable(my_adam) else called(my_adam, name="Your rule")
        if not np.array_equal(handed, (w, g), equal_nan=True):
            said = "Your rule changed its input in place: write w = w − ..., not w −= ..."
            return Verdict(False, said)
        if not isinstance(came, tuple) or len(came) != 2:
            said = "Return two things, the new w and the memory; yours returned"
            if isinstance(came, tuple):
                said = f"{said} {len(came)}: put the memory into brackets of its own."
                return Verdict(False, said)
            return Verdict(False, f"{said} a {type(came).__name__}.")
        w, memory = reals(came[0], W.shape), came[1]
        if w is None:
            return asked_for("The new w must hold numbers in the shape of w", came[0])
        points.append(w)
    return np.array(points)


def _explained(verdict, t):
    """What raised, with a word on what it may come from."""
    said = verdict.message.rstrip(".")
    if "ZeroDivisionError" in said:
        return Verdict(False, f"{said}. Is t 1 at the first step?")
    if t > 1:
        return Verdict(False, f"{said}. The memory is what you returned at the step before.")
    if any(word in said for word in ("unpack", "iterable", "subscriptable")):
        return Verdict(False, f"{said}. At the first step the memory is 0.0.")
    return verdict
