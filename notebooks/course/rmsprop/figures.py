"""The live figures of notebook 06, in the order of the page."""

from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace as Run

import numpy as np

from course.rmsprop.panels import Board
from gdlib import draw, landscapes, theory
from gdlib.controls import choice, kappa_slider, log_slider, lr_slider, rho_slider, slider
from gdlib.live import Live
from gdlib.optimizers import descend, diverged, first_step, gd, momentum, rmsprop, settled_in
from gdlib.panels import BALL, DOTTED, Contour, Curve, Plot, Trace
from gdlib.words import capped, num

GREEN, INK = draw.LOOK["rmsprop"]["color"], draw.INK
TRIANGLE = BALL | {"color": GREEN, "marker": "^"}  # the ball of RMSProp
NEAR = 0.05  # the distance at which a run on the turned ravine has arrived


def _averages(path, grad, rho):
    """The gradients along a path and the s that each step used, both `(d, steps + 1, ...)`."""
    g, s, every = grad(path), 0.0, []
    for k in range(path.shape[1]):
        s = rho * s + (1 - rho) * g[:, k] ** 2
        every.append(s)
    return g, np.stack(every, axis=1)


def storyboard(updates=12):
    """One update of RMSProp in five scenes: its numbers, its box, its two learning rates."""
    make = lru_cache(landscapes.ravine)
    scenes = ("square", "remember", "root", "divide", "step")
    eps = 1e-8

    def run(lr, rho, kappa):
        land = make(kappa)
        path = descend(rmsprop, land.grad, [1.05, 0.45], updates, lr=lr, rho=rho, eps=eps)
        g, s = _averages(path, land.grad, rho)
        # The timeline has a place for each scene; the ball moves in the last one.
        shown = np.repeat(path, len(scenes), axis=1)[:, 1 : 1 + updates * len(scenes)]
        return Run(
            land=land,
            path=shown,
            w=path,
            g=g,
            s=s,
            own=lr / np.sqrt(s + eps),
            lr=lr,
            rho=rho,
            kappa=kappa,
        )

    def numbers(run, step):
        k, scene = divmod(step, len(scenes))
        before, lr = run.s[:, k - 1] if k else np.zeros(2), num(run.lr, 3)
        keep, new = num(run.rho), num(1 - run.rho)
        of_both = []
        for i, name in enumerate("xy"):
            g, s, own = run.g[i, k], run.s[i, k], run.own[i, k]
            w, then = run.w[i, k : k + 2]
            told = (g, g**2, before[i], s, np.sqrt(s + eps), own, w, then)
            g, square, old, s, root, own, w, then = (_few(number) for number in told)
            of_both.append(
                (
                    f"{name}:  {_braced(g)}² = {square}",
                    f"{name}:  {keep} · {old} + {new} · {square} = {s}",
                    f"{name}:  √{s} = {root}",
                    f"{name}:  {lr} / {root} = {own}",
                    f"{name}:  {w} − {own} · {_braced(g)} = {then}",
                )
            )
        return scene, ["\n".join(pair) for pair in zip(*of_both, strict=True)]

    def box(run, step):
        k, scene = divmod(step, len(scenes))
        k = k if scene >= 3 else k - 1  # the box of the update before, until there is a new one
        if k < 0:
            return {}
        x, y = run.path[:, step]
        right, up = run.own[:, k]
        return {
            "box": (x + right * np.array([-1, 1, 1, -1, -1]), y + up * np.array([-1, -1, 1, 1, -1]))
        }

    def ghosts(run, step):
        k, scene = divmod(step, len(scenes))
        seen = run.own[:, : k + (scene >= 3)]
        shown = {"lr": ([run.lr], [2])}
        for name, row, rates in zip("xy", (1, 0), seen, strict=True):
            shown[f"trail {name}"] = (rates, np.full(len(rates), row))
            shown[name] = (rates[-1:], [row] * len(rates[-1:]))
        return shown

    def rails(ax):
        ax.set_yticks([2, 1, 0], ["lr", "of x", "of y"])
        for row in range(3):
            ax.axhline(row, color="#CCCCCC", lw=3, zorder=0)

    def readout(run, step):
        k, scene = divmod(step, len(scenes))
        x, y = run.path[:, step]
        right, up = run.own[:, k]
        own = f" In this update x has the learning rate {num(right, 3)}, and y {num(up, 3)}."
        own = own if scene >= 3 else ""
        return (
            f"κ = {num(run.kappa)}, learning rate {num(run.lr, 3)}, ρ = {num(run.rho)}. Update "
            f"{k + 1}, scene {scene + 1} of 5: {scenes[scene]}. The ball is at ({num(x, 3)}, "
            f"{num(y, 3)}).{own}"
        )

    handle = {"marker": "o", "ls": "", "ms": 10, "mec": "white", "zorder": 4}
    trail = {"marker": "|", "ls": "", "ms": 7, "alpha": 0.5, "zorder": 2}
    panels = [
        Contour(
            "box: how far a slope of 1 takes it",
            moving=True,
            looks=[draw.LOOK["rmsprop"]],
            of=box,
            styles={"box": {"color": INK, "lw": 1.6, "zorder": 6}},
        ),
        Board(
            "this update",
            (
                "1  square:  g²",
                "2  remember:  s ← ρ·s + (1 − ρ)·g²",
                "3  root:  √(s + ε)",
                "4  divide:  lr / √(s + ε)",
                "5  step:  w ← w − lr / √(s + ε) · g",
            ),
            numbers,
        ),
        Plot(
            "learning rates that move by themselves",
            ("", ""),
            (1e-4, 10, -0.6, 2.6),
            ghosts,
            {
                "lr": handle | {"color": INK},
                "x": handle | {"color": GREEN, "marker": "D"},
                "y": handle | {"color": "#E69F00", "marker": "s"},
                "trail x": trail | {"color": GREEN},
                "trail y": trail | {"color": "#E69F00"},
            },
            logs="x",
            still=rails,
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=updates * len(scenes) - 1,
        at=4,
        mosaic="AB;CB",
        height=5.2,
        rows=(3, 1),
        lr=lr_slider(0.1, 0.01, 1, 0.01),
        rho=rho_slider(0.9),
        kappa=kappa_slider(20, 1, 1000),
    )


def _few(number):
    """A number in few letters."""
    return num(number, 3 if abs(number) >= 1e-4 else 1)


def _braced(number):
    """A number as it stands in a product: in brackets if it is negative."""
    return f"({number})" if number.startswith("−") else number


def shadow(steps=80):
    """The leaky average s of squared gradients, and how long the steps are that it allows."""
    each = np.arange(1, steps + 1)
    sequences = {
        "one slope": np.ones(steps),
        "a spike": np.where(each == 30, 10.0, 1.0),
        "steeper": 1.1 ** (each - 1),
        "flatter": 0.93 ** (each - 1),
        "to and fro": (-1.0) ** (each - 1),
    }

    def run(gradients, rho):
        g = sequences[gradients]
        s, every = 0.0, []
        for one in g:
            s = rho * s + (1 - rho) * one**2
            every.append(s)
        every = np.array(every)
        return Run(g=g, s=every, speed=np.abs(g) / np.sqrt(every), rho=rho, of=gradients)

    def bars(run, step):
        """What is left of each square, as a share of s."""
        left = (1 - run.rho) * run.rho ** (step - each[:step]) * run.g[:step] ** 2
        left = left / left.sum() if step else left
        ages = each[:step]
        last = slice(max(step - 1, 0), step)
        return {
            "old": (draw.broken(ages, ages), draw.broken(0 * left, left)),
            "new": (draw.broken(ages[last], ages[last]), draw.broken(0 * left[last], left[last])),
        }

    def lines(run, step):
        longest = theory.rmsprop_step(1, run.rho)
        return {
            "rest": (each, run.speed),
            "speed": (each[:step], run.speed[:step]),
            "ball": ([step], run.speed[[step - 1]]) if step else (),
            "longest": ([0, steps], [longest] * 2),
        }

    def readout(run, step):
        longest = num(theory.rmsprop_step(1, run.rho))
        longest = f"The longest that a step can be is 1/√(1 − ρ) = {longest}."
        if step == 0:
            return f"ρ = {num(run.rho)}, {run.of}: before the first step s = 0. {longest}"
        return (
            f"ρ = {num(run.rho)}, {run.of}: at step {step} the gradient is "
            f"{num(run.g[step - 1], 3)} and s = {num(run.s[step - 1], 3)}, so the step is "
            f"{num(run.speed[step - 1], 3)} learning rates long. {longest}"
        )

    bar = {"lw": 3, "solid_capstyle": "butt"}
    panels = [
        Plot(
            "what s is made of",
            ("step at which the gradient came", "share of s"),
            (0, steps + 1, 0, 1.02),
            bars,
            {
                "old": bar | {"color": "#8CCBB5", "label": "older squares"},
                "new": bar | {"color": GREEN, "label": "newest: (1 − ρ)·g²"},
            },
            key="upper left",
        ),
        Plot(
            "how long the step is, in learning rates",
            ("step", "|g| / √s"),
            (0, steps + 1, 0.005, 40),
            lines,
            {
                "rest": {"color": GREEN, "lw": 0.9, "alpha": 0.4},
                "speed": {"color": GREEN, "ls": "-.", "label": "length of the step"},
                "longest": DOTTED | {"lw": 1.4, "label": "1/√(1 − ρ)"},
                "ball": TRIANGLE | {"ms": 8},
            },
            logs="y",
            key="lower left",
            still=lambda ax: ax.axhline(1, color=draw.FAINT, lw=0.8),
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        at=40,
        gradients=choice("a spike", list(sequences), "gradients"),
        rho=rho_slider(0.9),
    )


def cliff(steps=200):
    """A steep face between two flat floors: how long the steps are at each place."""
    land = landscapes.cliff()

    def run(lr, rho):
        path = descend(rmsprop, land.grad, [4.0], 1000, lr=lr, rho=rho)
        arrived = first_step(np.abs(path[0]) < 0.2)
        speed = np.abs(np.diff(path[0])) / lr
        return Run(
            land=land,
            path=path[:, : steps + 1],
            speed=speed[: steps + 1],
            arrived=arrived,
            lr=lr,
            rho=rho,
        )

    def lengths(run, step):
        w = run.path[0]
        longest = theory.rmsprop_step(1, run.rho)
        return {
            "rest": (w, run.speed),
            "speed": (w[: step + 1], run.speed[: step + 1]),
            "ball": (w[[step]], run.speed[[step]]),
            "longest": ([-3, 6], [longest] * 2),
        }

    def readout(run, step):
        w = run.path[:, step]
        there = f"from step {run.arrived} on" if run.arrived >= 0 else "not within 1000 steps"
        return (
            f"Learning rate {num(run.lr, 3)}, ρ = {num(run.rho)}, step {step}: at w = "
            f"{num(w[0], 3)} the slope is {num(land.grad(w)[0], 3)}, and the next step "
            f"{num(run.speed[step], 3)} learning rates long. Within 0.2 of the minimum: {there}."
        )

    panels = [
        Curve("the cliff", ylim=(-0.4, 6), tangent=False, looks=[draw.LOOK["rmsprop"]]),
        Plot(
            "length of the step that starts there, in learning rates",
            ("w", "|step| / lr"),
            (-3, 6, 0.01, 40),
            lengths,
            {
                "rest": {"color": GREEN, "lw": 0.9, "alpha": 0.4},
                "speed": draw.LOOK["rmsprop"] | {"ms": 3, "lw": 1},
                "longest": DOTTED | {"lw": 1.4, "label": "1/√(1 − ρ)"},
                "ball": TRIANGLE,
            },
            logs="y",
            key="upper left",
            still=lambda ax: ax.axhline(1, color=draw.FAINT, lw=0.8),
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        at=20,
        mosaic="A;B",
        height=5,
        lr=lr_slider(0.05, 0.005, 0.05 * 10**0.6, 0.02),
        rho=rho_slider(0.9),
    )


def turned(steps=2000):
    """The ravine turned by an angle: three rules, and one of them depends on the axes."""
    angles = np.arange(46)

    @lru_cache
    def land_at(kappa, angle):
        land = landscapes.ravine(kappa, angle)
        return replace(land, start=np.sqrt(2) * land.start)  # (1, 1), turned along

    @lru_cache
    def by_angle(kappa, lr, rho):
        """Steps of RMSProp until it stays within 0.05, at every whole degree: -1 for never."""
        turn = np.radians(angles)
        c, s = np.cos(turn), np.sin(turn)

        def grad(w):
            along, across = c * w[0] + s * w[1], kappa * (c * w[1] - s * w[0])
            return np.stack([c * along - s * across, s * along + c * across])

        path = descend(rmsprop, grad, np.stack([c - s, s + c]), steps, lr=lr, rho=rho)
        return first_step(np.hypot(*path) < NEAR)

    @lru_cache
    def plain(kappa, angle):
        """Gradient descent, and momentum with ρ = 0.9, each with the best learning rate."""
        land, rhos = land_at(kappa, angle), np.array([0, 0.9])
        lrs = theory.momentum_best_lr(1, kappa, rhos)
        return descend(momentum, land.grad, land.start[:, None], steps, lr=lrs, rho=rhos)

    def run(angle, kappa, lr, rho):
        land = land_at(kappa, angle)
        scaled = descend(rmsprop, land.grad, land.start, steps, lr=lr, rho=rho)
        path = np.concatenate([plain(kappa, angle), scaled[..., None]], axis=-1)
        distance = np.hypot(*path)
        return Run(
            land=land,
            path=path[:, :301],
            distance=distance[:301],
            needed=first_step(distance < NEAR),
            every=by_angle(kappa, lr, rho),
            angle=angle,
            kappa=kappa,
            lr=lr,
            rho=rho,
        )

    def against_angle(run, step):
        every = np.where(run.every < 0, np.nan, run.every)
        one, two, three = np.where(run.needed < 0, np.nan, run.needed)
        return {
            "gd": ([0, 45], [one, one]),
            "momentum": ([0, 45], [two, two]),
            "rmsprop": (angles, every),
            "ball": ([run.angle], [three]),
        }

    def readout(run, step):
        takes = [
            f"{needed} steps" if needed >= 0 else f"more than {steps}" for needed in run.needed
        ]
        return (
            f"κ = {num(run.kappa)}, turned by {run.angle}°. To stay within 0.05 of the minimum "
            f"gradient descent takes {takes[0]} and momentum with ρ = 0.9 {takes[1]}, each with "
            f"the learning rate that suits it; RMSProp with {num(run.lr, 3)} and ρ = "
            f"{num(run.rho)} takes {takes[2]}."
        )

    three = [draw.LOOK[name] for name in ("gd", "momentum", "rmsprop")]
    panels = [
        Contour("the ravine from above", moving=True, looks=three),
        Trace(
            "distance from the minimum",
            "",
            (1e-3, 1e2),
            of=lambda run: run.distance,
            names=("gradient descent", "momentum", "RMSProp"),
            looks=three,
            key="upper right",
            target=NEAR,
        ),
        Plot(
            "steps at every angle",
            ("angle in degrees", "steps"),
            (-0.5, 45.5, 10, 3e3),
            against_angle,
            {
                "gd": three[0] | {"marker": ""},
                "momentum": three[1] | {"marker": ""},
                "rmsprop": three[2] | {"ms": 4, "lw": 1.2},
                "ball": TRIANGLE,
            },
            logs="y",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=300,
        at=120,
        mosaic="AB;CC",
        height=5.6,
        rows=(3, 1.6),
        angle=slider(0, 0, 45, 1, "angle in degrees"),
        kappa=kappa_slider(1000, 10, 2000, 0.05),
        lr=log_slider(0.01, 0.01 / 10**0.5, 0.1, 0.05, "learning rate of RMSProp"),
        rho=rho_slider(0.9),
    )


def units(steps=200):
    """Multiply the loss by a number: gradient descent takes other steps, RMSProp does not."""
    land = landscapes.himmelblau()

    def run(factor, lr, rho):
        def grad(w):
            return factor * land.grad(w)

        paths = [
            descend(gd, grad, land.start, steps, lr=lr),
            descend(rmsprop, grad, land.start, steps, lr=lr, rho=rho),
        ]
        path = np.stack(paths, axis=-1)
        return Run(land=land, path=path, factor=factor, lr=lr, rho=rho)

    def readout(run, step):
        lasts = run.path[:, -1]
        near = settled_in(lasts, land.minima, within=0.1)
        ends = [
            "has diverged"
            if gone
            else f"is beside {'ABCD'[end]}"
            if end >= 0
            else f"is at ({num(x, 3)}, {num(y, 3)})"
            for gone, end, x, y in zip(diverged(run.path), near, *lasts, strict=True)
        ]
        loss = land.f(run.path[:, step])
        return (
            f"The loss times {num(run.factor, 3)}, learning rate {num(run.lr, 3)}, ρ = "
            f"{num(run.rho)}: after {steps} steps gradient descent {ends[0]}, RMSProp {ends[1]}. "
            f"At step {step} the loss, not multiplied, is {capped(loss[0])} and {capped(loss[1])}."
        )

    pair = [draw.LOOK[name] for name in ("gd", "rmsprop")]
    panels = [
        Contour("● gradient descent, ▲ RMSProp", letters="ABCD", looks=pair),
        Trace(
            "the loss, before it is multiplied",
            "loss",
            (1e-6, 1e7),
            of=lambda run: land.f(run.path),
            names=("gradient descent", "RMSProp"),
            looks=pair,
            key="upper right",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        at=100,
        height=3.9,
        factor=log_slider(1, 1e-3, 1e3, 0.1, "multiply the loss by"),
        lr=lr_slider(0.02, 0.002, 0.2, 0.05),
        rho=rho_slider(0.9),
    )


def wobble(steps=300):
    """A parabola at a constant learning rate: RMSProp arrives, and never comes to rest."""
    schedules = {
        "constant": lambda lr, k: lr + 0 * k,
        "lr · e^(−k/50)": lambda lr, k: lr * np.exp(-k / 50),
        "lr/(1 + k/20)": lambda lr, k: lr / (1 + k / 20),
    }

    def run(curvature, schedule, lr, rho, eps):
        land = landscapes.parabola(curvature)
        rates = schedules[schedule](lr, np.arange(steps + 1))
        path = descend(rmsprop, land.grad, [1.0], steps, lr=lambda k: rates[k], rho=rho, eps=eps)
        _, s = _averages(path, land.grad, rho)
        return Run(
            path=path,
            own=rates / np.sqrt(s[0] + eps),
            schedule=schedule,
            curvature=curvature,
            lr=lr,
            rho=rho,
            eps=eps,
            rates=rates,
        )

    def distance(run, step):
        each, w = np.arange(steps + 1), np.abs(run.path[0])
        side = run.path[0] > 0
        return {
            "rest": (each, w),
            "right": (each[: step + 1][side[: step + 1]], w[: step + 1][side[: step + 1]]),
            "left": (each[: step + 1][~side[: step + 1]], w[: step + 1][~side[: step + 1]]),
            "half": (each, run.rates / 2),
        }

    def own(run, step):
        each = np.arange(steps + 1)
        return {
            "rest": (each, run.own),
            "own": (each[: step + 1], run.own[: step + 1]),
            "ball": ([step], run.own[[step]]),
            "limit": ([0, steps], [theory.gd_limit(run.curvature)] * 2),
        }

    def readout(run, step):
        late = np.abs(run.path[0, -20:])
        return (
            f"Curvature {num(run.curvature)}, learning rate {num(run.lr, 3)} ({run.schedule}), ρ = "
            f"{num(run.rho)}, ε = {num(run.eps, 2)}, step {step}: w = {num(run.path[0, step], 3)}, "
            f"and its own learning rate is {num(run.own[step], 3)}; gradient descent’s limit is "
            f"{num(theory.gd_limit(run.curvature), 3)}. In the last 20 of {steps} steps |w| is at "
            f"most {num(late.max(), 3)}."
        )

    dot = {"ls": "", "ms": 4, "mew": 0}
    panels = [
        Plot(
            "distance from the minimum",
            ("step", "|w|"),
            (0, steps, 1e-8, 1e4),  # room for the key
            distance,
            {
                "rest": {"color": GREEN, "lw": 0.6, "alpha": 0.3},
                "right": dot | {"color": GREEN, "marker": "^", "label": "right of it"},
                "left": dot | {"color": "#E69F00", "marker": "v", "label": "left of it"},
                "half": DOTTED | {"lw": 1.4, "label": "lr/2"},
            },
            logs="y",
            key="upper right",
        ),
        Plot(
            "its own learning rate, lr/√(s + ε)",
            ("step", ""),
            (0, steps, 1e-4, 1e4),
            own,
            {
                "rest": {"color": GREEN, "lw": 0.9, "alpha": 0.4},
                "own": {"color": GREEN, "ls": "-."},
                "limit": DOTTED | {"lw": 1.4, "label": "2/f″, gradient descent’s limit"},
                "ball": TRIANGLE | {"ms": 8},
            },
            logs="y",
            key="lower right",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        schedule=choice("constant", list(schedules), "learning rate over time"),
        curvature=choice(1, [1, 10, 100], "curvature"),
        lr=lr_slider(0.05, 0.05 / 10**1.4, 0.05 * 10**0.6, 0.02),
        rho=rho_slider(0.9),
        eps=log_slider(1e-8, 1e-16, 1, 0.5, "ε"),
    )


def _outside(w, g, s, *, lr, rho, eps):
    """RMSProp as in PyTorch, with ε outside the root."""
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def plateau(steps=600):
    """A plateau with hardly any slope: how large ε is, and where it stands, decides."""
    land = landscapes.plateau()
    rules = {"inside the root": rmsprop, "outside": _outside}

    def run(place, eps, lr, rho):
        path = descend(rules[place], land.grad, [5.0], 3000, lr=lr, rho=rho, eps=eps)
        arrived = first_step(np.abs(path[0]) < NEAR)
        plain = descend(gd, land.grad, [5.0], steps, lr=lr)
        return Run(
            land=land,
            path=path[:, : steps + 1],
            plain=plain,
            arrived=arrived,
            place=place,
            eps=eps,
            lr=lr,
            rho=rho,
        )

    def readout(run, step):
        floor = np.sqrt(run.eps) if run.place == "inside the root" else run.eps
        w = run.path[:, step]
        there = f"from step {run.arrived} on" if run.arrived >= 0 else "not within 3000 steps"
        return (
            f"ε = {num(run.eps, 2)} {run.place}, learning rate {num(run.lr, 3)}, ρ = "
            f"{num(run.rho)}. Step {step}: w = {num(w[0], 3)}, where the slope is "
            f"{num(land.grad(w)[0], 2)}; slopes below {num(floor, 2)} are too small to be made up "
            f"for. Within 0.05 of the minimum: {there}."
        )

    panels = [
        Curve("a plateau", ylim=(-0.1, 1.3), tangent=False, looks=[draw.LOOK["rmsprop"]]),
        Trace(
            "distance from the minimum",
            "|w|",
            (1e-3, 1e2),
            of=lambda run: np.abs(np.stack([run.path[0], run.plain[0]], axis=1)),
            names=("RMSProp", "gradient descent, same lr"),
            looks=[draw.LOOK["rmsprop"], draw.LOOK["gd"]],
            key="upper right",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        at=60,
        place=choice("inside the root", list(rules), "ε"),
        eps=log_slider(1e-8, 1e-16, 1e-2, 0.25, "size of ε"),
        lr=lr_slider(0.05, 0.05 / 10**0.7, 0.05 * 10**0.2, 0.02),
        rho=rho_slider(0.9),
    )
