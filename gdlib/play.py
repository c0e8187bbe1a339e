"""A reader's own figure: `play(land, momentum)`, for any landscape or function, and any rules."""

import inspect
from types import SimpleNamespace as Run

import numpy as np

from gdlib import draw
from gdlib.controls import log_slider, slider
from gdlib.landscapes import Landscape
from gdlib.live import Live
from gdlib.needs import array, need, positive, whole
from gdlib.optimizers import adam, descend, diverged, first_step, gd
from gdlib.own import landscape_of, oddities
from gdlib.panels import Contour, Curve, Trace
from gdlib.words import capped, names, num, pair
from gdlib.words import steps as so_many

NAMES = {"gd": "gradient descent", "rmsprop": "RMSProp", "adam": "Adam"}
SYMBOLS = {"lr": "learning rate", "rho": "ρ", "rho_m": "ρ of the mean", "eps": "ε"}


def play(land, *rules, start=None, steps=100, goal=0.01, window=None, grad=None, **ranges):
    """The live figure of rules on a landscape: paths, losses, and a slider for all that they take.

    `land` is a `Landscape`, or a function of one number, of two, or of a vector (see
    `own.landscape_of` for `start`, `window` and `grad`). `rules` are one, gradient descent by
    itself, or several for a race to within `goal` of the lowest loss known. Each keyword of a rule
    has a slider: of a race's rules those without a default, called `lr_momentum`, say. `ranges` set
    them: a pair is a slider's ends, a number where it begins, as in `lr=(0.001, 0.1), rho=0.5`; in
    a race `lr=` is for all of them, `lr_momentum=` for one. Raises ValueError for what cannot be
    played, in a sentence that says why.
    """
    try:
        return _played(land, rules or (gd,), start, steps, goal, window, grad, ranges)
    except ValueError as error:  # what went wrong stands at the end of a short traceback
        raise ValueError(str(error)) from None


def _played(land, rules, start, steps, goal, window, grad, ranges):
    land, notes = _landscape(land, start, window, grad)
    whole("steps", steps)
    positive("goal", goal)
    racers, places, lowest = _racers(rules), _names_of(land), _lowest(land)
    controls = _sliders(land, places, racers, ranges)

    def run(**values):
        begin = np.array([values[name] for name in places]) if places else land.start
        path = np.stack([_path(racer, land, begin, steps, values) for racer in racers], axis=-1)
        above = land.f(path) - lowest
        return Run(land=land, path=path, above=above, first=first_step(above <= goal))

    def readout(run, step):
        begin = names([f"{name} = {num(getattr(run, name))}" for name in places] or ["the start"])
        now = ", ".join(_told(racer, run, k, step) for k, racer in enumerate(racers))
        there = ", ".join(_arrival(*each) for each in zip(racers, run.first, strict=True))
        said = f"From {begin}, loss above the lowest known at step {step}: {now}."
        arrived = f"Within {num(goal)} of it, for good: {there}."
        return " ".join([said, *_ball(run, step), arrived, *notes])

    first = run(**{name: widget.value for name, widget in controls.items()})
    limits, lines = _span(first.above, goal), {racer.name: racer.look for racer in racers}
    losses = Trace("loss above the lowest", "", limits, lambda run: run.above, lines, target=goal)
    panels = [*_map(land, places, [*lines.values()]), losses]
    return Live(run, panels, readout, steps=steps, height=4.2, **controls)


def _path(racer, land, start, steps, values):
    hyper = {key: values[control] for key, control in racer.keys.items()}
    try:
        return descend(racer.rule, land.grad, start, steps, **hyper)
    except ValueError as error:
        raise ValueError(f"{racer.name}: {error}") from error


# --- landscapes ----------------------------------------------------------------------------------


def _landscape(land, start, window, grad):
    """What there is to play on, and sentences on what is odd about it."""
    if not isinstance(land, Landscape):
        land = landscape_of(land, start, window, grad)
        said = "No minimum was found in the window: the lowest known is the lowest place there."
        return land, oddities(land) + [said] * (land.dimension < 3 and not land.minima.size)
    need(grad is None, "grad", grad, "None: the landscape has its own")
    return _moved(land, start, window), []


def _moved(land, start, window):
    """The landscape with another start and window, if they are given."""
    window = land.window if window is None else window
    given = {"start": land.start if start is None else start, "window": window}
    return Landscape(
        land.name, land.f, land.grad, **given, minima=land.minima, saddles=land.saddles
    )


def _names_of(land):
    """The names of the coordinates that a hand moves: w, x and y, or x, y and z; of more, none."""
    return {1: ("w",), 2: ("x", "y"), 3: ("x", "y", "z")}.get(land.dimension, ())


def _map(land, places, looks):
    """A curve or a contour, for one parameter or two; the mouse places the start."""
    if land.dimension == 1:
        names = [""] * len(looks)
        return [
            Curve("the curve", names=names, looks=looks, picks=("w", None), tangent=len(looks) == 1)
        ]
    if land.dimension == 2:
        return [Contour("from above", looks=looks, picks=places)]
    return []


@np.errstate(all="ignore")
def _lowest(land):
    """The lowest loss known: at a minimum, on a grid, or, of many parameters, on a long walk."""
    if land.minima.size and np.isfinite(land.f(land.minima)[0]):
        return land.f(land.minima)[0]
    if land.dimension > 2:
        places = descend(adam, land.grad, land.start, 1000, lr=np.ptp(land.window) / 500)
    else:
        places = np.stack(np.meshgrid(*(np.linspace(*ends, 41) for ends in land.window)))
    height = land.f(places)
    return height[np.isfinite(height)].min()


def _span(above, goal):
    """Limits for the losses of a first run: from well below the goal to well above the start."""
    first = above[0, 0] if above[0, 0] > 0 else goal
    return min(goal, first) / 1e4, max(goal, first) * 30


# --- rules, and sliders for them -----------------------------------------------------------------

# Names that mean something else, in a run or to `Live`.
TAKEN = {"land", "path", "above", "first", "step", *inspect.signature(Live).parameters}


def _sliders(land, places, racers, ranges):
    """The controls: where to start, and what each rule takes; or a ValueError for a stray range."""
    controls = _start_sliders(land, places)
    for racer in racers:
        controls |= _rule_sliders(racer, land, ranges, {*controls} | TAKEN, len(racers) == 1)
    for name in ranges:
        if name not in controls and not any(name in racer.keys for racer in racers):
            raise ValueError(f"{name} is no keyword of {names([r.name for r in racers])}")
    return controls


def _racers(rules):
    """Each rule with a name and a look of its own."""
    racers, own = [], iter(draw.OWN)
    for rule in rules:
        need(callable(rule), "rule", rule, "a function rule(w, g, memory, *, lr, ...)")
        plain = getattr(getattr(rule, "func", rule), "__name__", "rule").strip("<>")
        key, count = plain, 1
        while key in [racer.key for racer in racers]:
            key, count = f"{plain}_{count + 1}", count + 1
        look = draw.LOOK.get(key) or next(own, None)
        need(look, "rules", len(rules), f"at most {len(draw.OWN)} of your own at once")
        name = NAMES.get(key, key.replace("_", " "))
        racers.append(Run(rule=rule, key=key, name=name, look=look, keys={}))
    return racers


def _hyper(rule):
    """The numbers that a rule takes by keyword: {name: its default, or None if it has none}."""
    try:
        w, g, memory, *given = inspect.signature(rule).parameters.values()
    except (TypeError, ValueError) as error:
        raise ValueError(f"rule must take w, g, memory and then lr, ...; got {rule!r}") from error
    found = {}
    for p in given:
        if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            found[p.name] = None
        elif type(p.default) in (int, float):  # no switch, and nothing that a slider cannot take
            found[p.name] = p.default
    return found


def _rule_sliders(racer, land, ranges, taken, alone):
    """A slider for each hyperparameter of a rule; in a race, for those without a default."""
    sliders = {}
    for key, default in _hyper(racer.rule).items():
        control = key if alone and key not in taken else f"{key}_{racer.key}"
        asked = ranges.get(control, ranges.get(key))
        if asked is None and default is not None and not alone:
            continue
        label = SYMBOLS.get(key, key.replace("_", " "))
        label = label if alone else f"{label.replace('learning rate', 'lr')}, {racer.name}"
        usual = _usual(key, default, racer.rule, land)
        sliders[control] = _slider(control, label, usual, asked)
        racer.keys[key] = control
    return sliders


def _usual(key, default, rule, land):
    """Where a hyperparameter usually lies: (low, value, high), or None if nobody can know."""
    if key == "lr":
        low, value, high = _rates(rule, land)
        value = default or value
        return min(low, value), value, max(high, value)
    if key == "eps":
        return 1e-12, default or 1e-8, 1.0
    share = 0.9 if default is None else default
    if key.startswith(("rho", "beta", "gamma", "decay", "momentum")) and 0 <= share < 1:
        return 0.0, share, 0.99 if share <= 0.99 else 0.9999
    if default is None:
        return None
    return (default / 100, default, default * 100) if default > 0 else (-1.0, default, 1.0)


def _rates(rule, land):
    """Learning rates from far too small to too large, and one that is usually good.

    A step of gradient descent is lr times a slope: lr is a tenth of the limit 2/L. A step that is
    the same for a thousandfold gradient is about lr long itself.
    """
    size = np.ptp(land.window, axis=1).max()
    if _is_a_length(rule):
        return size / 2000, size / 200, size / 5
    curvature, slope = _curvature(land), np.abs(land.grad(land.start)).max()
    usual = 0.2 / curvature if curvature else size / 100 / (slope or 1)
    return usual / 100, usual, usual * 20


@np.errstate(all="ignore")
def _curvature(land):
    """The curvature at the start, or more if there is much more around; 0 where f only slopes."""
    size, rng = np.ptp(land.window, axis=1), np.random.default_rng(0)
    near, around = (
        land.start[:, None] + size[:, None] * rng.uniform(-far, far, (land.dimension, 50))
        for far in (0.01, 0.25)
    )
    here, there = (np.abs(land.curvatures(places)).max(axis=0) for places in (near, around))
    here, there = np.nanmedian(here), np.nan_to_num(there, nan=0, posinf=0).max() / 10
    curvature = max(here, min(there, 30 * here) if here else there)  # 30: not of a wall far off
    slope = np.abs(land.grad(land.start)).max()
    return curvature if curvature > 1e-3 * slope / size.max() else 0.0


def _is_a_length(rule):
    """Whether the first step of a rule is the same for a gradient and for a thousand times it."""
    usual = {key: 0.5 if default is None else default for key, default in _hyper(rule).items()}
    try:
        one, thousand = (rule(np.zeros(1), np.array([g]), 0.0, **usual)[0][0] for g in (1.0, 1e3))
        return bool(0.5 < thousand / one < 2)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the run will say it in words
        return False


def _slider(name, label, usual, asked):
    """A slider from what is usual and what is asked for, a number or a pair of ends."""
    if asked is not None and np.ndim(asked) == 1:
        pair = array(name, asked)
        good = pair.shape == (2,) and np.isfinite(pair).all() and pair[0] < pair[1]
        need(good, name, asked, "a pair (low, high), or a number to begin with")
        low, high = pair.tolist()
        value = usual[1] if usual and low <= usual[1] <= high else None
        usual = low, value, high
    elif asked is not None:
        value = float(array(name, asked))
        low, _, high = usual or ((value / 100, value, value * 100) if value > 0 else (-1, 0, 1))
        usual = min(low, value), value, max(high, value)
    need(usual, name, None, f"given a range, as in {name}=(0, 1): its rule has no default for it")
    low, value, high = usual
    if low > 0 and high / low >= 50:
        return log_slider(value or np.sqrt(low * high), low, high, 0.02, label)
    return slider((low + high) / 2 if value is None else value, low, high, _fine(high - low), label)


def _start_sliders(land, places):
    """A slider for each coordinate of the start, if there are few."""
    made = {}
    for name, (low, high), value in zip(places, land.window, land.start.tolist(), strict=False):
        need(low <= value <= high, "start", land.start, f"inside the window, {land.window}")
        step = _fine(high - low)
        low = value - step * np.floor((value - low) / step)  # the start is one of its places
        made[name] = slider(value, low, float(high), step, f"start {name}")
    return made


def _fine(span):
    """The step of a slider over a span: 1, 2 or 5 times a power of ten, 100 to 250 of them."""
    unit, most = 10.0 ** np.floor(np.log10(span / 100)), span / 100 * (1 + 1e-9)
    return float(max(step for step in (unit, 2 * unit, 5 * unit) if step <= most))


# --- what is said --------------------------------------------------------------------------------


def _told(racer, run, k, step):
    """Where one of the rules stands at a step, with the settings it runs at."""
    hyper = ", ".join(
        f"{SYMBOLS.get(key, key).replace('learning rate', 'lr')} = {num(getattr(run, control), 3)}"
        for key, control in racer.keys.items()
    )
    hyper = hyper and f" ({hyper})"
    if diverged(run.path[:, : step + 1, k]):
        return f"{racer.name} has diverged{hyper}"
    above = run.above[step, k]
    return f"{racer.name} {'below 1e−9' if 0 <= above < 1e-9 else capped(above)}{hyper}"


def _ball(run, step):
    """Where a single ball on a curve or a map is, as a sentence; else nothing."""
    place = run.path[:, step].ravel()
    if len(place) > 2 or run.path.shape[2] > 1 or diverged(run.path[:, : step + 1]).any():
        return []
    at = num(place[0], 3) if len(place) == 1 else pair(place, 3)
    return [f"The ball is at {at}."]


def _arrival(racer, first):
    return f"{racer.name} not yet" if first < 0 else f"{racer.name} after {so_many(first, '')}"
