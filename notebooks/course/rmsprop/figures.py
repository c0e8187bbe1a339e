"""The live figures of notebook 06, in the order of the page."""

from functools import lru_cache
from types import SimpleNamespace as Run

import numpy as np
from matplotlib.lines import Line2D

from course.rmsprop.checks import NEAR, outside, turned_ravine
from course.rmsprop.panels import Board
from gdlib import draw, landscapes, theory
from gdlib.controls import choice, kappa_slider, log_slider, lr_slider, rho_slider, slider
from gdlib.live import Live, presets
from gdlib.optimizers import descend, diverged, first_step, gd, momentum, rmsprop, settled_in
from gdlib.panels import DOTTED, Contour, Curve, Plot, Trace, ball, followed, so_far
from gdlib.words import capped, counted, num, pair, since

GD, HEAVY, RMS = THREE = [draw.LOOK[name] for name in ("gd", "momentum", "rmsprop")]
GREEN, AMBER, INK = RMS["color"], "#E69F00", draw.INK
DOTS = DOTTED | {"lw": 1.4}
LONGEST = {"longest": DOTS | {"label": "1/√(1 − ρ): no step is longer"}}
TAIL = 100  # a run has arrived if it stays for so many steps more


def _told(value):
    """A number as a sentence says it: in three digits, whole from 1000 on."""
    if 1000 <= abs(value) < 1e6:
        return "−" * bool(value < 0) + counted(abs(value))
    return "nearly 0" if 0 < abs(value) < 1e-9 else num(value, 3)


def _arrived(near):
    """From which step on a run is near for good: -1 for never, or only in its last `TAIL` steps."""
    step = first_step(near)
    return np.where(step >= len(near) - TAIL, -1, step)[()]


def _average(squares, rho):
    """The s of RMSProp after each of the squares, `(steps, ...)`."""
    return (1 - rho) * theory.leaky_sum(squares, rho)


# --- one update ----------------------------------------------------------------------------------

SCENES = ("square", "remember", "root", "divide", "step")
EPS = 1e-8


@presets(
    {
        "fifty times steeper, same first step": {"kappa": 1000.0, "rho": 0.9, "step": 4},
        "longer memory, longer first step": {"kappa": 20.0, "rho": 0.99, "step": 4},
    }
)
def storyboard(updates=12):
    """One update of RMSProp in five scenes: its numbers, its box, its two learning rates."""
    make = lru_cache(landscapes.ravine)

    def run(lr, rho, kappa):
        land = make(kappa)
        path = descend(rmsprop, land.grad, [1.0, 0.5], updates, lr=lr, rho=rho, eps=EPS)
        g = land.grad(path)
        s = _average((g**2).T, rho).T
        # The timeline has a place for each scene; the ball moves in the last one.
        shown = np.repeat(path, len(SCENES), axis=1)[:, 1 : 1 + updates * len(SCENES)]
        return Run(land=land, path=shown, w=path, g=g, s=s, own=lr / np.sqrt(s + EPS))

    def readout(run, step):
        k, scene = divmod(step, len(SCENES))
        x, y, right, up = (_told(each) for each in (*run.path[:, step], *run.own[:, k]))
        own = f" In this update x has the learning rate {right}, and y {up}."
        return (
            f"κ = {num(run.kappa)}, learning rate {num(run.lr, 3)}, ρ = {num(run.rho)}. Update "
            f"{k + 1}, scene {scene + 1} of 5: {SCENES[scene]}. The ball is at "
            f"({x}, {y}).{own if scene >= 3 else ''}"
        )

    symbols = (
        "1  square:  g²",
        "2  remember:  s ← ρ·s + (1 − ρ)·g²",
        "3  root:  √(s + ε)",
        "4  divide:  lr / √(s + ε)",
        "5  step:  w ← w − lr / √(s + ε) · g",
    )
    box = {"box": {"color": INK, "lw": 1.6, "zorder": 6}}
    panels = [
        Contour(
            "box: how far a slope of 1 takes it", moving=True, looks=[RMS], of=_box, styles=box
        ),
        Board("this update", symbols, _numbers),
        _rates(),
    ]
    look = {"mosaic": "AB;CB", "height": 5.2, "rows": (3, 1)}
    controls = {
        "lr": lr_slider(0.1, 0.01, 1),
        "rho": rho_slider(0.9),
        "kappa": kappa_slider(20, 1, 1000),
    }
    return Live(run, panels, readout, steps=updates * len(SCENES) - 1, at=4, **look, **controls)


def _divided(step):
    """How many updates have come to their own learning rates, in the fourth scene."""
    k, scene = divmod(step, len(SCENES))
    return k + (scene >= 3)


def _box(run, step):
    """The box of this update or, until there is one, of the update before."""
    done = _divided(step)
    if not done:
        return {}
    x, y = run.path[:, step]
    right, up = run.own[:, done - 1]
    corners = x + right * np.array([-1, 1, 1, -1, -1]), y + up * np.array([-1, -1, 1, 1, -1])
    return {"box": corners}


def _numbers(run, step):
    """The scene, and what each scene calculates, for x and for y."""
    k, scene = divmod(step, len(SCENES))
    lr, keep, new = num(run.lr, 3), num(run.rho), num(1 - run.rho)
    of_both = []
    for name, g, s, own, w in zip("xy", run.g, run.s, run.own, run.w, strict=True):
        before = s[k - 1] if k else 0
        told = g[k], g[k] ** 2, before, s[k], np.sqrt(s[k] + EPS), own[k], w[k], w[k + 1]
        g, square, old, s, root, own, w, then = map(_few, told)
        slope = f"({g})" if g.startswith("−") else g
        lines = (
            f"{slope}² = {square}",
            f"{keep} · {old} + {new} · {square} = {s}",
            f"√({s} + 1e−8) = {root}",
            f"{lr} / {root} = {own}",
            f"{w} − {own} · {slope} = {then}",
        )
        of_both.append([f"{name}:  {line}" for line in lines])
    return scene, ["\n".join(both) for both in zip(*of_both, strict=True)]


def _few(number):
    """A number in few letters."""
    return _told(number) if abs(number) >= 1e-4 else num(number if abs(number) > 1e-12 else 0, 1)


def _rates():
    """The panel of the learning rates: that of the rule, and those of x and y, which move."""

    def ghosts(run, step):
        shown = {"lr": ([run.lr], [2])}
        for name, row, rates in zip("xy", (1, 0), run.own[:, : _divided(step)], strict=True):
            places = rates, np.full(len(rates), row)
            shown |= {f"trail {name}": places, name: np.array(places)[:, -1:]}
        return shown

    def rails(ax):
        ax.set_yticks([2, 1, 0], ["lr", "of x", "of y"])
        for row in range(3):
            ax.axhline(row, color="#CCCCCC", lw=3, zorder=0)

    handle = {"marker": "o", "ls": "", "ms": 10, "mec": "white", "zorder": 4}
    trail = {"marker": "|", "ls": "", "ms": 7, "alpha": 0.5, "zorder": 2}
    styles = {
        "lr": handle | {"color": INK},
        "x": handle | {"color": GREEN, "marker": "D"},
        "y": handle | {"color": AMBER, "marker": "s"},
        "trail x": trail | {"color": GREEN},
        "trail y": trail | {"color": AMBER},
    }
    title, limits = "learning rates that move by themselves", (1e-4, 10, -0.6, 2.6)
    return Plot(title, ("", ""), limits, ghosts, styles, logs="x", still=rails)


# --- how long a step is --------------------------------------------------------------------------


@presets(
    {
        "long at the spike itself": {"gradients": "a spike", "rho": 0.9, "step": 30},
        "longer while slopes grow": {"gradients": "steeper", "rho": 0.9, "step": 60},
        "shorter while slopes shrink": {"gradients": "flatter", "rho": 0.9, "step": 60},
        "signs make no difference": {"gradients": "to and fro", "rho": 0.9, "step": 60},
    }
)
def shadow(last=80):
    """The leaky average s of squared gradients, and how long the steps are that it allows."""
    each = np.arange(1, last + 1)
    sequences = {
        "one slope": np.ones(last),
        "a spike": np.where(each == 30, 10.0, 1.0),
        "steeper": 1.1 ** (each - 1),
        "flatter": 0.93 ** (each - 1),
        "to and fro": (-1.0) ** (each - 1),
    }

    def run(gradients, rho):
        g = sequences[gradients]
        s = _average(g**2, rho)
        return Run(g=g, s=s, speed=np.abs(g) / np.sqrt(s))

    def shares(run, step):
        """What is left of each square, as a share of s."""
        left = run.rho ** (step - each[:step]) * run.g[:step] ** 2
        return draw.bars(each[:step], left / left.sum())

    def lengths(run, step):
        shown = so_far(each, run.speed, step - 1) if step else {"rest": (each, run.speed)}
        return shown | {"longest": ([0, last], [theory.rmsprop_step(1, run.rho)] * 2)}

    def readout(run, step):
        said = f"ρ = {num(run.rho)}, {run.gradients}:"
        if step == 0:
            return f"{said} before the first step s = 0."
        g, s, speed = (_told(of[step - 1]) for of in (run.g, run.s, run.speed))
        return (
            f"{said} at step {step} the gradient is {g} and s = {s}, so the step is {speed} × the "
            "learning rate."
        )

    bar = {"lw": 3, "solid_capstyle": "butt"}
    panels = [
        Plot(
            "what s is made of; dark: the newest",
            ("step at which the gradient came", "share of s"),
            (0, last + 1, 0, 1.02),
            shares,
            {"old": bar | {"color": "#8CCBB5"}, "new": bar | {"color": GREEN}},
        ),  # fmt: skip
        Plot(
            "how long the step is, in learning rates",
            ("step", "|g| / √s"),
            (0, last + 1, 0.01, 20),
            lengths,
            followed(RMS) | LONGEST,
            logs="y",
            key="lower left",
            still=lambda ax: ax.axhline(1, color=draw.FAINT, lw=0.8),
        ),  # fmt: skip
    ]
    gradients = choice("a spike", list(sequences), "gradients")
    rho = rho_slider(0.9)
    return Live(run, panels, readout, steps=last, at=40, gradients=gradients, rho=rho)


@presets(
    {
        "flat above, ordinary steps": {"lr": 0.05, "rho": 0.9, "step": 11},
        "flat below, short steps": {"lr": 0.05, "rho": 0.9, "step": 60},
        "longer memory, longer leap": {"lr": 0.05, "rho": 0.99, "step": 5},
    }
)
def cliff(last=200):
    """A steep face between two flat floors: how long the steps are at each place."""
    land = landscapes.cliff()

    def run(lr, rho):
        path = descend(rmsprop, land.grad, [4.0], 1000 + TAIL, lr=lr, rho=rho)
        speed, arrived = np.abs(np.diff(path[0])) / lr, _arrived(np.abs(path[0]) < 0.2)
        return Run(land=land, path=path[:, : last + 1], speed=speed[: last + 1], arrived=arrived)

    def lengths(run, step):
        longest = [-3, 6], [theory.rmsprop_step(1, run.rho)] * 2
        return so_far(run.path[0], run.speed, step) | {"longest": longest}

    def readout(run, step):
        w = run.path[:, step]
        return (
            f"Learning rate {num(run.lr, 3)}, ρ = {num(run.rho)}, step {step}: at w = "
            f"{_told(w[0])} the slope is {_told(land.grad(w)[0])}, and the next step "
            f"{_told(run.speed[step])} × the learning rate. Within 0.2 of the minimum: "
            f"{since(run.arrived, 1000)}."
        )

    panels = [
        Curve("the cliff", ylim=(-0.4, 6), tangent=False, looks=[RMS]),
        Plot(
            "length of the step that starts there, in learning rates",
            ("w", "|step| / lr"),
            (-3, 6, 0.03, 20),
            lengths,
            followed(RMS) | LONGEST | {"seen": RMS | {"ms": 3, "lw": 1}, "ball": ball(RMS)},
            logs="y",
            key="lower left",
            still=lambda ax: ax.axhline(1, color=draw.FAINT, lw=0.8),
        ),
    ]
    look = {"mosaic": "A;B", "height": 5}
    controls = {"lr": lr_slider(0.05, 0.005, 0.05 * 10**0.6, 0.02), "rho": rho_slider(0.9)}
    return Live(run, panels, readout, steps=last, at=20, **look, **controls)


# --- the axes, and the units ---------------------------------------------------------------------

ANGLES, LIMIT = np.arange(46), 2000  # in degrees, and in steps
_land_at = lru_cache(turned_ravine)


@lru_cache
def _by_angle(kappa, lr, rho):
    """Steps of RMSProp until it stays near the minimum, at every whole degree: -1 for never."""
    c, s = draw.direction(ANGLES)

    def grad(w):
        along, across = c * w[0] + s * w[1], kappa * (c * w[1] - s * w[0])
        return np.stack([c * along - s * across, s * along + c * across])

    path = descend(rmsprop, grad, np.stack([c - s, s + c]), LIMIT + TAIL, lr=lr, rho=rho)
    return _arrived(np.hypot(*path) < NEAR)


@lru_cache
def _without_scales(kappa, angle):
    """Gradient descent, and momentum with ρ = 0.9, each with a learning rate that suits it."""
    land, rhos = _land_at(kappa, angle), np.array([0, 0.9])
    lrs = theory.momentum_best_lr(1, kappa, rhos)
    return descend(momentum, land.grad, land.start[:, None], LIMIT + TAIL, lr=lrs, rho=rhos)


def _key(looks):
    """Draws a key of lines by name above a panel, on the right, where nothing runs."""

    def still(ax):
        marks = [Line2D([], [], **each, label=name) for name, each in looks.items()]
        ax.legend(handles=marks, loc="lower right", bbox_to_anchor=(1, 1), ncols=3, borderpad=0)

    return still


# Of paths that fill a wedge, the last steps alone are strong.
PALE = {
    f"{part} {k}": look | {"zorder": 4} | style
    for k, look in enumerate(THREE[:2])
    for part, style in {
        "trail": {"marker": "", "lw": 1, "alpha": 0.2},
        "dots": {"linestyle": "", "ms": 3, "alpha": 0.2},
        "late": {"ms": 3.2, "lw": 1.2},
    }.items()
}


def _late(run, step):
    seen = slice(max(step - 15, 0), step + 1)
    return {f"late {k}": draw.within(run.path[:, seen, k], run.land.window) for k in (0, 1)}


def _against_angle(run, step):
    """How many steps each takes at every angle, but for those that take too many."""
    one, two, three = np.where(run.needed < 0, np.nan, run.needed)
    every = np.where(run.every < 0, np.nan, run.every)
    lines = {"gd": ([0, 45], [one, one]), "momentum": ([0, 45], [two, two])}
    return lines | {"rmsprop": (ANGLES, every), "ball": ([run.angle], [three])}


@presets(
    {
        "one degree, nearly three times": {"angle": 1, "kappa": 1000.0, "step": 300},
        "across the axes, no help": {"angle": 45, "kappa": 1000.0, "step": 300},
        "round enough for gradient descent": {"angle": 0, "kappa": 10.0},
    }
)
def turned(last=300):
    """The ravine turned by an angle: three rules, and one of them depends on the axes."""

    def run(angle, kappa, lr, rho):
        land = _land_at(kappa, angle)
        scaled = descend(rmsprop, land.grad, land.start, LIMIT + TAIL, lr=lr, rho=rho)
        path = np.concatenate([_without_scales(kappa, angle), scaled[..., None]], axis=-1)
        distance = np.hypot(*path)
        return Run(
            land=land,
            path=path[:, : last + 1],
            distance=distance[: last + 1],
            needed=_arrived(distance < NEAR),
            every=_by_angle(kappa, lr, rho),
        )

    def readout(run, step):
        plain, heavy, own = (f"more than {LIMIT}" if k < 0 else k for k in run.needed)
        return (
            f"κ = {num(run.kappa)}, turned by {run.angle}°. Steps until it stays within {NEAR} of "
            f"the minimum: gradient descent {plain}, momentum {heavy} (ρ = 0.9), each with a "
            f"learning rate that suits it; RMSProp {own} (learning rate {num(run.lr, 3)}, ρ = "
            f"{num(run.rho)})."
        )

    lines = dict(zip(("gradient descent", "momentum", "RMSProp"), THREE, strict=True))
    flat, marks = {"marker": ""}, RMS | {"ms": 4, "lw": 1.2}
    styles = {"gd": GD | flat, "momentum": HEAVY | flat, "rmsprop": marks, "ball": ball(RMS)}
    title, labels = f"distance to go (dotted: {NEAR})", ("angle in degrees", "steps")
    distance = Trace(title, "", (1e-3, 5), lambda run: run.distance, lines, key=None)
    distance.still = lambda ax: ax.axhline(NEAR, **DOTTED)
    panels = [
        Contour("the ravine from above", moving=True, looks=THREE, of=_late, styles=PALE),
        distance,
        Plot(
            "steps at every angle",
            labels,
            (-0.5, 45.5, 10, 3e3),
            _against_angle,
            styles,
            logs="y",
            still=_key(lines),
        ),  # fmt: skip
    ]
    look = {"mosaic": "AB;CC", "height": 5.6, "rows": (3, 1.6)}
    controls = {
        "angle": slider(0, 0, 45, 1, "angle in degrees"),
        "kappa": kappa_slider(1000, 10, 1100, 0.05),
        "lr": lr_slider(0.01, 0.01 / 10**0.5, 0.1, 0.05, "learning rate of RMSProp"),
        "rho": rho_slider(0.9),
    }
    return Live(run, panels, readout, steps=last, at=120, **look, **controls)


@presets(
    {
        "a thousand times the loss": {"factor": 1000.0, "lr": 0.02},
        "a thousandth of the loss": {"factor": 0.001, "lr": 0.02, "step": 200},
        "helps one, hurts the other": {"factor": 10.0, "lr": 0.002, "step": 200},
    }
)
def units(last=200):
    """Multiply the loss by a number: gradient descent takes other steps, RMSProp does not."""
    land = landscapes.himmelblau()

    def run(factor, lr, rho):
        def grad(w):
            return factor * land.grad(w)

        plain = descend(gd, grad, land.start, last, lr=lr)
        scaled = descend(rmsprop, grad, land.start, last, lr=lr, rho=rho)
        return Run(land=land, path=np.stack([plain, scaled], axis=-1))

    def end(path):
        """Where one of the two paths ends, in words."""
        if diverged(path):
            return "has diverged"
        near = settled_in(path[:, -1], land.minima, within=0.1)
        return f"is beside {'ABCD'[near]}" if near >= 0 else f"is at {pair(path[:, -1], 3)}"

    def readout(run, step):
        one, two = (end(path) for path in np.moveaxis(run.path, -1, 0))
        loss = land.f(run.path[:, step])
        plain, own = ("below 1e−6" if each < 1e-6 else capped(each) for each in loss)
        return (
            f"The loss times {num(run.factor)}, learning rate {num(run.lr, 3)}, ρ = "
            f"{num(run.rho)}: after {last} steps gradient descent {one}, RMSProp {two}. At step "
            f"{step} the loss, not multiplied, is {plain} for gradient descent, {own} for RMSProp."
        )

    lines, label = {"gradient descent": GD, "RMSProp": RMS}, "loss, before it is multiplied"
    losses = Trace("", label, (1e-6, 1e3), lambda run: land.f(run.path), lines, key=None)
    losses.still = _key(lines)
    panels = [Contour("from above", letters="ABCD", looks=[GD, RMS]), losses]
    controls = {
        "factor": log_slider(1, 1e-3, 1e3, 0.1, "multiply the loss by"),
        "lr": lr_slider(0.02, 0.002, 0.2, 0.05),
        "rho": rho_slider(0.9),
    }
    return Live(run, panels, readout, steps=last, at=100, height=3.9, **controls)


# --- beside the minimum, and far from it ---------------------------------------------------------


@presets(
    {
        "steeper, and just as wide": {"curvature": 100, "lr": 0.05},
        "twice the rate, twice the swing": {"curvature": 1, "lr": 0.0998},
        "rests as the rate shrinks": {"schedule": "lr · e^(−k/50)", "lr": 0.05},
        "a large epsilon stops it": {"curvature": 1, "lr": 0.05, "eps": 1e-3},
    }
)
def wobble(last=300):
    """A parabola at a constant learning rate: RMSProp arrives, and never comes to rest."""
    each = np.arange(last + 1)
    schedules = {
        "constant": lambda lr: lr + 0 * each,
        "lr · e^(−k/50)": lambda lr: lr * np.exp(-each / 50),
        "lr/(1 + k/20)": lambda lr: lr / (1 + each / 20),
    }

    def run(curvature, schedule, lr, rho, eps):
        land, rates = landscapes.parabola(curvature), schedules[schedule](lr)
        path = descend(rmsprop, land.grad, [1.0], last, lr=lambda k: rates[k], rho=rho, eps=eps)
        own = rates / np.sqrt(_average(land.grad(path)[0] ** 2, rho) + eps)
        return Run(path=path, rates=rates, own=own, limit=theory.gd_limit(curvature))

    def distance(run, step):
        (w,) = run.path
        far, seen = np.abs(w), each <= step

        def where(side):
            return each[seen & side], far[seen & side]

        sides = {"right": where(w > 0), "left": where(w <= 0)}
        return sides | {"rest": (each, far), "half": (each[::-1], run.rates[::-1] / 2)}

    def own(run, step):
        return so_far(each, run.own, step) | {"limit": ([last, 0], [run.limit] * 2)}

    def readout(run, step):
        late = np.abs(run.path[0, -20:]).max()
        return (
            f"Curvature {num(run.curvature)}, learning rate {num(run.lr, 3)} ({run.schedule}), ρ = "
            f"{num(run.rho)}, ε = {num(run.eps, 2)}, step {step}: w is {_told(run.path[0, step])}, "
            f"and its own learning rate {_told(run.own[step])}; gradient descent’s limit is "
            f"{num(run.limit, 3)}. In the last 20 of {last} steps |w| is "
            f"{'below 1e−9' if late < 1e-9 else f'at most {_told(late)}'}."
        )

    dot, room = {"ls": "", "ms": 4, "mew": 0}, last + 45  # for the names of the dotted lines
    panels = [
        Plot(
            "distance: ▲ right, ▼ left of the minimum",
            ("step", "|w|"),
            (0, room, 1e-6, 3),
            distance,
            {
                "rest": {"color": GREEN, "lw": 0.6, "alpha": 0.3},
                "right": dot | {"color": GREEN, "marker": "^"},
                "left": dot | {"color": AMBER, "marker": "v"},
                "half": DOTS | {"name": "lr/2"},
            },
            logs="y",
        ),
        Plot(
            "its own learning rate, lr/√(s + ε)",
            ("step", ""),
            lambda run: (0, room, 1e-3 * run.limit, 1e2 * run.limit),
            own,
            followed(RMS) | {"limit": DOTS | {"name": "2/f″"}},
            logs="y",
        ),  # fmt: skip
    ]
    controls = {
        "schedule": choice("constant", list(schedules), "learning rate over time"),
        "curvature": choice(1, [1, 10, 100], "curvature"),
        "lr": lr_slider(0.05, 0.05 / 10**1.4, 0.05 * 10**0.6, 0.02),
        "rho": rho_slider(0.9),
        "eps": log_slider(1e-8, 1e-16, 1, 0.5, "ε"),
    }
    return Live(run, panels, readout, steps=last, **controls)


def plateau(last=600):
    """A plateau with hardly any slope: how large ε is, and where it stands, decides."""
    land = landscapes.plateau()
    rules = {"inside the root": rmsprop, "outside": outside}

    def run(place, eps, lr, rho):
        path = descend(rules[place], land.grad, [5.0], 3000 + TAIL, lr=lr, rho=rho, eps=eps)
        plain = descend(gd, land.grad, [5.0], last, lr=lr)
        arrived = _arrived(np.abs(path[0]) < NEAR)
        return Run(land=land, path=path[:, : last + 1], plain=plain, arrived=arrived)

    def readout(run, step):
        floor = np.sqrt(run.eps) if run.place == "inside the root" else run.eps
        w = run.path[:, step]
        return (
            f"ε = {num(run.eps, 2)} {run.place}, learning rate {num(run.lr, 3)}, ρ = "
            f"{num(run.rho)}. Step {step}: w is {_told(w[0])}, the slope there "
            f"{_told(land.grad(w)[0])}; slopes below {num(floor, 2)} are too small to be made up "
            f"for. Within {NEAR} of the minimum: {since(run.arrived, 3000)}."
        )

    def distances(run):
        return np.abs([*run.path, *run.plain]).T

    lines = {"RMSProp": RMS, "gradient descent, same lr": GD}
    panels = [
        Curve("a plateau", ylim=(-0.1, 1.3), tangent=False, looks=[RMS]),
        Trace("distance from the minimum", "|w|", (1e-3, 1e2), distances, lines),
    ]
    controls = {
        "place": choice("inside the root", list(rules), "ε"),
        "eps": log_slider(1e-8, 1e-16, 1e-2, 0.25, "size of ε"),
        "lr": lr_slider(0.05, 0.05 / 10**0.7, 0.05 * 10**0.2, 0.02),
        "rho": rho_slider(0.9),
    }
    return Live(run, panels, readout, steps=last, at=60, **controls)
