"""The live figures of notebook 05, in the order of the page."""

from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace as Run

import numpy as np

from gdlib import draw, landscapes, regression, theory
from gdlib.check.momentum import average_form
from gdlib.controls import capped, choice, log_slider, num, rho_slider, slider
from gdlib.live import Live
from gdlib.optimizers import FAR, arrive, descend, diverged, first_step, momentum, settled_in
from gdlib.panels import BALL, CURVE, DOTTED, Contour, Curve, Map, Plot, Trace, excess

BLUE, ORANGE, INK = draw.LOOK["gd"]["color"], draw.LOOK["momentum"]["color"], draw.INK
BOTH = (draw.LOOK["gd"], draw.LOOK["momentum"])
# Two more looks, for a second run of one of the two optimizers.
SKY = {"color": "#56B4E9", "marker": "D", "linestyle": ":"}
PINK = {"color": "#CC79A7", "marker": "^", "linestyle": "-."}
SQUARE = BALL | {"color": ORANGE, "marker": "s"}  # the ball of momentum
DOWNHILL, UPHILL, GONE, ELSEWHERE = range(4)  # what becomes of a run in a map of settings


def zigzag(steps=200):
    """Centred penguins: gradient descent and momentum from one start, at one learning rate."""
    x, y, _ = regression.penguins("centred")
    land = replace(regression.loss_surface(x, y), window=((-6, 6), (-6, 6)))
    target = 1e-6

    def run(lr, rho):
        every = descend(momentum, land.grad, [-5, 5], 1200, lr=lr, rho=np.array([0, rho]))
        needed = first_step(land.f(every) - land.f(land.minima)[0] < target)
        path = every[:, : steps + 1]
        return Run(land=land, path=path, needed=needed, lr=lr, rho=rho)

    def parts(run, step):
        """The two parts of the step that momentum takes next, each `(2,)`."""
        path = run.path[..., 1]
        last = path[:, step] - path[:, max(step - 1, 0)]
        return run.rho * last, -run.lr * land.grad(path[:, step])

    def on_map(run, step):
        kept, new = parts(run, step)
        w = run.path[:, step, 1]
        return {"kept": (*w, *kept), "new": (*(w + kept), *new)} if step < steps else {}

    def readout(run, step):
        now = excess(run)[step]
        takes = [
            f"{needed} steps" if needed >= 0 else "over 1200 or for ever" for needed in run.needed
        ]
        gone = [" (diverged)" if each else "" for each in diverged(run.path)]
        return (
            f"Learning rate {num(run.lr, 3)}, ρ = {num(run.rho)}. At step {step} the loss is "
            f"{capped(now[0])} above the lowest with gradient descent{gone[0]}, {capped(now[1])} "
            f"with momentum{gone[1]}. Below 1e-6 takes gradient descent {takes[0]}, momentum "
            f"{takes[1]}."
        )

    panels = [
        Contour(
            "● gradient descent, ■ momentum",
            ("θ₀, intercept", "θ₁, slope"),
            looks=BOTH,
            of=on_map,
            arrows={
                "kept": {"color": "#8A8A8A", "width": 0.014, "zorder": 6},
                "new": {"color": INK, "width": 0.009, "zorder": 7},
            },
        ),
        Trace(
            "the loss above the lowest",
            "loss",
            (1e-8, 1e4),
            names=("gradient descent", "momentum"),
            looks=BOTH,
            key="upper right",
            target=target,
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        at=30,
        height=3.9,
        lr=log_slider(0.0096, 0.0096 / 10**1.3, 0.0096 * 10**0.5, 0.01, "learning rate"),
        rho=rho_slider(0.75),
    )


def memory(steps=40):
    """What the velocity is made of: a bar for every past gradient, fading with ρ."""
    each = np.arange(1, steps + 1)
    sequences = {
        "one slope": np.ones(steps),
        "to and fro": (-1.0) ** (each - 1),
        "one push": np.where(each == 1, 1.0, 0),
        "a turn": np.where(each <= 20, 1.0, -1.0),
    }
    heights = (1.2, 3, 6, 12, 25, 50)  # of the axes, so that they do not change with every move

    def run(gradients, rho):
        g = sequences[gradients]
        v, velocity = 0.0, []
        for each_g in g:
            v = rho * v + each_g
            velocity.append(v)
        largest = np.abs(velocity).max()
        high = next(height for height in heights if height > 1.05 * largest)
        return Run(g=g, v=np.array(velocity), rho=rho, high=high, of=gradients)

    def bars(run, step):
        left = run.rho ** (step - each[:step]) * run.g[:step]
        old, new = slice(None, max(step - 1, 0)), slice(max(step - 1, 0), step)
        return {
            name: (draw.broken(each[:step][k], each[:step][k]), draw.broken(0 * left[k], left[k]))
            for name, k in (("old", old), ("new", new))
        }

    def lines(run, step):
        """What there is to see of gradient and velocity; v is 0 before the first."""
        v = np.append(0, run.v)
        bound = np.array([1, 1]) / (1 - run.rho)
        return {
            "g": (each, run.g),
            "v": (np.arange(step + 1), v[: step + 1]),
            "rest": (np.arange(steps + 1), v),
            "ball": ([step], [v[step]]),
            "above": ([0, steps], bound),
            "below": ([0, steps], -bound),
        }

    def readout(run, step):
        bound = f"A steady slope of 1 would end at 1/(1 − ρ) = {num(1 / (1 - run.rho))}."
        if step == 0:
            return f"ρ = {num(run.rho)}, {run.of}: before the first step v = 0. {bound}"
        weights = run.rho ** np.arange(step)
        return (
            f"ρ = {num(run.rho)}, {run.of}: after {step} step{'s' * (step > 1)} v = "
            f"{num(run.v[step - 1], 3)}, and the gradient is {num(run.g[step - 1])}. The newest "
            f"gradient has weight 1; that is {1 / weights.sum():.0%} of all weights. {bound}"
        )

    bar = {"lw": 4.5, "solid_capstyle": "butt"}
    panels = [
        Plot(
            "the bars add up to v",
            ("step at which the gradient came", "what is left of it"),
            (0, steps + 1, -1.8, 1.2),  # room for the key
            bars,
            {
                "old": bar | {"color": "#E8A27A", "label": "older: ρ · ρ · ... · g"},
                "new": bar | {"color": ORANGE, "label": "newest: g"},
            },
            key="lower left",
            still=lambda ax: ax.axhline(0, color=INK, lw=0.8),
        ),
        Plot(
            "gradient and velocity",
            ("step", ""),
            lambda run: (0, steps + 1, -1.7 * run.high, run.high),
            lines,
            {
                "g": {"color": INK, "marker": ".", "ls": "", "label": "gradient g"},
                "rest": {"color": ORANGE, "lw": 0.9, "alpha": 0.4},
                "v": {"color": ORANGE, "ls": "--", "label": "velocity v"},
                "ball": SQUARE | {"ms": 8},
                "above": DOTTED | {"label": "±1/(1 − ρ)"},
                "below": DOTTED,
            },
            key="lower left",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        at=12,
        gradients=choice("one slope", list(sequences), "gradients"),
        rho=rho_slider(0.8),
    )


def settings():
    """The ravine's map of settings: every learning rate and ρ is a run; play it, or choose one."""
    kappa = log_slider(20, 1, 1000, 0.05, "condition number κ")
    kappa.continuous_update = False  # ten thousand runs: when the hand lets go
    return _settings(landscapes.ravine, "kappa", kappa)


def anywhere(*lands):
    """The map of settings on other landscapes: three of ours, or those of two parameters given."""
    lands = {land.name: land for land in lands or _others()}
    return _settings(lands.__getitem__, "name", choice([*lands][0], [*lands], "landscape"), at=100)


def _others():
    pits, saddle = landscapes.three_pits(), landscapes.saddle()
    return (
        landscapes.himmelblau(),
        replace(pits, start=np.array([-0.4, 2.4])),
        replace(saddle, start=np.array([1, 1e-3])),
    )


def _settings(make, name, control, at=40, steps=150):
    """A map of learning rate × L and ρ on the landscape that `make` makes of a control's value."""
    quadratic = name == "kappa"
    products, rhos = np.linspace(0.04, 4.04, 101), np.linspace(0, 0.99, 100)
    fates = ("settled, all downhill", "settled, some uphill", "diverged")
    fates += () if quadratic else ("in another minimum",)

    @lru_cache
    def world(value):
        """The landscape, its curvatures, and of every run what becomes of it, when, or when gone.

        A run is followed a little longer, to tell what has settled from what passes through.
        """
        land = make(value)
        curvatures = land.curvatures(land.minima[:, 0])
        lrs = products / curvatures[-1]
        path = descend(momentum, land.grad, land.start, steps + 20, lr=lrs, rho=rhos[:, None])
        ends = settled_in(path[:, -1], land.minima)
        near = ((path - land.minima[:, ends][:, None]) ** 2).sum(axis=0) <= 1e-6
        near &= ends >= 0
        gone = ~(np.abs(path) <= FAR).all(axis=0)
        loss = land.f(path) - land.f(land.minima)[0]
        uphill = ((np.diff(loss, axis=0) > 0) & (loss[1:] > 1e-20)).any(axis=0)  # no round-off
        kind = np.where(ends > 0, ELSEWHERE, np.where(uphill, UPHILL, DOWNHILL))
        return land, curvatures, kind, _never(first_step(near)), _never(first_step(gone))

    @lru_cache(maxsize=256)
    def regions(value, step):
        """What has become of every run by a step: the image of the map."""
        _, _, kind, settled, gone = world(value)
        image = np.where(gone <= step, GONE, np.where(settled <= step, kind, -1))
        return image.astype(np.int8)

    def run(product, rho, **which):
        value = which[name]
        land, curvatures, *fates = world(value)
        lr = product / curvatures[-1]
        path = descend(momentum, land.grad, land.start, steps, lr=lr, rho=rho)
        here = np.abs(rhos - rho).argmin(), np.abs(products - product).argmin()
        return Run(
            land=land,
            path=path,
            value=value,
            curvatures=curvatures,
            lr=lr,
            rho=rho,
            chosen=(product, rho),
            fate=[each[here] for each in fates],
        )

    def theory_on_map(run, step):
        limit = {"limit": (theory.momentum_limit(1, rhos), rhos)}
        if not quadratic:
            return limit
        flattest, steepest = run.curvatures
        lr, rho = theory.polyak(flattest, steepest)
        across = np.linspace(0, 4.04, 203)
        return limit | {
            "steep": (across, (1 - np.sqrt(across)) ** 2),
            "flat": (across, (1 - np.sqrt(across * flattest / steepest)) ** 2),
            "polyak": ([lr * steepest], [rho]),
        }

    def readout(run, step):
        product, rho = run.chosen
        kind, settled, gone = run.fate
        way = {DOWNHILL: "downhill all the way", UPHILL: "uphill at times", ELSEWHERE: "elsewhere"}
        fate = "does not settle"
        if settled <= steps:
            fate = f"settles after {settled} steps, {way[kind]}"
        if gone <= steps:
            fate = f"has diverged by step {gone}"
        image = regions(run.value, step)
        shares = [(image == k).mean() for k in (DOWNHILL, UPHILL, ELSEWHERE)]
        which = f"κ = {num(run.value)}" if quadratic else run.value
        return (
            f"{which}, L = {num(run.curvatures[-1], 3)}: lr·L = {num(product)}, so lr = "
            f"{num(run.lr, 3)}, with ρ = {num(rho)}. In {steps} steps this run {fate}. By step "
            f"{step}, {sum(shares):.1%} of all settings have settled"
            f"{f', {shares[2]:.1%} in another minimum' if shares[2] else ''}."
        )

    line = {"color": INK, "lw": 1.6, "zorder": 3}
    star = {"color": INK, "marker": "*", "ls": "", "ms": 13, "mec": "white", "zorder": 4}
    lines = {
        "limit": line | {"label": "limit of stability"},
        "steep": line | {"ls": (0, (4, 2)), "label": "border: swings across"},
        "flat": line | {"ls": ":", "label": "border: swings along"},
        "polyak": star | {"label": "Polyak’s setting"},
    }
    panels = [
        Map(
            "every setting is a run",
            (0.02, 4.06, -0.005, 0.995),
            fates,
            ("learning rate × L", "ρ"),
            ("product", "rho"),
            nowhere="not settled yet",
            of=theory_on_map,
            styles=lines if quadratic else {"limit": lines["limit"]},
            regions=lambda run, step: regions(run.value, step),
            below=-0.1,
        ),
        Contour("the chosen run", letters="A", looks=BOTH[1:]),
        Trace(
            "its speed ● and its loss ◆",
            "",
            (1e-12, 1e4),
            of=lambda run: np.stack([_speed(run.path, run.lr), excess(run)], axis=1),
            names=("|v|", "loss above the lowest"),
            looks=({"color": INK, "marker": "o"}, {"color": "#CC79A7", "marker": "D"}),
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        at=at,
        mosaic="AB;AC",
        height=5.6,
        ratios={"height_ratios": [3, 2], "width_ratios": [1.15, 1]},
        **{name: control},
        product=slider(1.0, 0.04, 4.04, 0.04, "learning rate × L"),
        rho=rho_slider(0.5),
    )


def ravine(target=1e-6):
    """The ravine at every ρ with the learning rate that suits it best, and theory's steps."""
    make = lru_cache(landscapes.ravine)
    rhos = np.linspace(0, 0.99, 100)

    @lru_cache
    def expected(kappa):
        """Theory's steps at every ρ."""
        lrs = theory.momentum_best_lr(1, kappa, rhos)
        return theory.steps_to(target, theory.momentum_factor(lrs, kappa, rhos))

    def run(kappa, rho):
        land, best = make(kappa), theory.polyak(1, kappa)[1]
        pair = np.array([0, rho, best])
        lr = theory.momentum_best_lr(1, kappa, pair)
        every = descend(momentum, land.grad, land.start[:, None], 1000, lr=lr, rho=pair)
        distance = np.sqrt((every**2).sum(axis=0))
        return Run(
            land=land,
            path=every[:, :301, :2],
            distance=distance,
            needed=first_step(distance < target),
            factors=theory.momentum_factor(lr, kappa, pair),
            kappa=kappa,
            lr=lr,
            rho=rho,
            best=best,
        )

    def by_rho(run, step):
        steps = expected(run.kappa)
        here = theory.steps_to(target, run.factors)
        return {
            "theory": (rhos, steps),
            "gd": ([0], here[:1]),
            "yours": ([run.rho], here[1:2]),
            "polyak": ([run.best], here[2:]),
        }

    def readout(run, step):
        takes = [f"{needed} steps" if needed >= 0 else "over 1000" for needed in run.needed]
        told = theory.steps_to(target, run.factors)
        one, yours, best = (f"{took} (theory {k:.0f})" for took, k in zip(takes, told, strict=True))
        return (
            f"κ = {num(run.kappa)}, ρ = {num(run.rho)} with the learning rate that suits it, "
            f"{num(run.lr[1], 3)}. To a millionth of the distance gradient descent takes {one}, "
            f"momentum at your ρ {yours}, at Polyak’s, {num(run.best, 3)}, {best}."
        )

    panels = [
        Contour("● gradient descent, ■ momentum", looks=BOTH, moving=True),
        Trace(
            "distance from the minimum",
            "",
            (1e-7, 1e4),
            of=lambda run: run.distance[:301],
            names=("ρ = 0, gradient descent", "your ρ", "Polyak’s ρ"),
            looks=(*BOTH, PINK),
            key="upper right",
            target=target,
        ),
        Plot(
            "theory: steps to a millionth of the distance, at every ρ",
            ("ρ", "steps"),
            (0, 1, 5, 3e4),
            by_rho,
            {
                "theory": CURVE,
                "gd": BALL,
                "polyak": BALL | {"color": PINK["color"], "marker": "^"},
                "yours": SQUARE,
            },
            logs="y",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=300,
        at=40,
        mosaic="AB;CC",
        height=5.6,
        ratios={"height_ratios": [3, 1.6]},
        kappa=log_slider(100, 2, 2000, 0.02, "condition number κ"),
        rho=rho_slider(0.9),
    )


def roll(steps=150):
    """A ball with friction on the bowl with a dip: its path, its energy, and who rolls out."""
    lrs, rhos = np.geomspace(1e-3, 0.1, 61), np.linspace(0, 0.99, 100)

    @lru_cache
    def world(depth):
        """The landscape, its two minima (the bowl is 0, the dip 1), the ridge, and the map."""
        land = landscapes.dip(depth)
        places = land.minima[:, np.argsort(-land.minima[0])]
        ridge = landscapes.stationary_points(land)[1][:, 0]
        ends = arrive(momentum, land.grad, land.start, 3000, lr=lrs, rho=rhos[:, None])
        return land, places, ridge, settled_in(ends, places)

    def run(depth, lr, rho):
        land, places, ridge, regions = world(depth)
        every = descend(momentum, land.grad, land.start, 3000, lr=lr, rho=rho)
        path = every[:, : steps + 1]
        moved = np.diff(every[0, : steps + 2], prepend=every[0, 0])  # before and after each step
        height = land.f(path)
        return Run(
            land=land,
            path=path,
            end=settled_in(every[:, -1], places),
            height=height,
            energy=height + (moved[:-1] ** 2 + moved[1:] ** 2) / (4 * lr),
            ridge=land.f(ridge),
            regions=regions,
            chosen=(lr, rho),
            depth=depth,
        )

    def on_energy(run, step):
        each = np.arange(steps + 1)
        seen = slice(0, step + 1)
        return {
            "rest": (each, run.energy),
            "energy": (each[seen], run.energy[seen]),
            "height": (each[seen], run.height[seen]),
            "ridge": ([0, steps], [run.ridge] * 2),
            "ball": ([step], run.energy[[step]]),
        }

    def readout(run, step):
        lr, rho = run.chosen
        where = ("in the wide bowl", "in the narrow dip", "nowhere within 3000 steps")[run.end]
        lowest = "dip" if run.land.minima[0, 0] < -1 else "bowl"
        height, energy = run.height[step], run.energy[step]
        return (
            f"Dip {run.depth} deep, learning rate {num(lr)}, ρ = {num(rho)}: the ball settles "
            f"{where}; the {lowest} is the global minimum. At step {step} it is at "
            f"w = {num(run.path[0, step], 3)} with loss {num(height, 3)}, energy {num(energy, 3)}; "
            f"the ridge is {num(run.ridge, 3)} high."
        )

    panels = [
        Curve("a ball with friction", ylim=(-4.6, 14), tangent=False, looks=BOTH[1:]),
        Map(
            "where the ball settles",
            (lrs[0], lrs[-1], -0.005, 0.995),
            ("wide bowl", "narrow dip"),
            ("learning rate", "ρ"),
            ("lr", "rho"),
            log=True,
        ),
        Plot(
            "energy = loss + motion",
            ("step", ""),
            (0, steps, -4.6, 14),
            on_energy,
            {
                "rest": {"color": ORANGE, "lw": 0.9, "alpha": 0.4},
                "energy": {"color": ORANGE, "ls": "--", "label": "energy"},
                "height": CURVE | {"lw": 1.2, "label": "loss"},
                "ridge": DOTTED | {"lw": 1.4, "label": "height of the ridge"},
                "ball": SQUARE | {"ms": 8},
            },
            key="upper right",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        at=60,
        mosaic="AB;CC",
        height=5.6,
        ratios={"height_ratios": [3, 2]},
        depth=choice(3, [3, 8], "depth of the dip"),
        lr=log_slider(0.01, 0.001, 0.1, 0.01, "learning rate"),
        rho=rho_slider(0.6),
    )


def spread(steps=800, seeds=100):
    """Momentum under SGD's noise: how low it gets, at equal and at equal effective lr."""
    x, y, _ = regression.penguins("standardised")
    land = regression.loss_surface(x, y)
    bottom, lowest = land.minima[:, 0], land.f(land.minima)[0]

    def run(lr, rho, seed):
        grad = regression.minibatch(x, y, 1, np.random.default_rng(seed))
        lrs, rhos = np.array([lr, lr, lr / (1 - rho)]), np.array([0, rho, 0])
        path = descend(momentum, grad, np.zeros((2, seeds, 3)), steps, lr=lrs, rho=rhos)
        return Run(path=path, loss=(land.f(path) - lowest).mean(axis=1), lr=lr, rho=rho, seed=seed)

    names = ("slow", "heavy", "quick")

    def clouds(run, step):
        window = np.stack([bottom - 0.7, bottom + 0.7], axis=1)
        clouds = np.moveaxis(run.path[:, step], -1, 0)
        return {
            name: draw.within(cloud, window) for name, cloud in zip(names, clouds, strict=True)
        } | {"bottom": bottom}

    def readout(run, step):
        slow, heavy, quick = (capped(loss) for loss in run.loss[step])
        floor = run.loss[-100:].mean(axis=0)
        return (
            f"One penguin a step, learning rate {num(run.lr, 3)}, ρ = {num(run.rho)}, seed "
            f"{run.seed}, step {step}: the loss of {seeds} runs lies on average {slow} above the "
            f"lowest with SGD, {heavy} with momentum, {quick} with SGD at "
            f"lr/(1 − ρ) = {num(run.lr / (1 - run.rho), 3)}. Over the last 100 steps it is "
            f"{capped(floor[0])}, {capped(floor[1])} and {capped(floor[2])}."
        )

    dots = {"ls": "", "ms": 4, "mec": "white", "mew": 0.4}
    marks = {
        "quick": dots | {"color": SKY["color"], "marker": "D"},
        "heavy": dots | {"color": ORANGE, "marker": "s"},
        "slow": dots | {"color": BLUE, "marker": "o"},
        "bottom": {"color": INK, "marker": "+", "ms": 11, "mew": 2, "zorder": 5},
    }
    panels = [
        Plot(
            f"where {seeds} runs are",
            ("θ₀, intercept", "θ₁, slope"),
            (bottom[0] - 0.7, bottom[0] + 0.7, bottom[1] - 0.7, bottom[1] + 0.7),
            clouds,
            marks,
            square=True,
        ),
        Trace(
            "mean loss above the lowest",
            "loss",
            (1e-4, 1e3),
            of=lambda run: run.loss,
            names=("SGD at lr", "momentum at lr", "SGD at lr/(1 − ρ)"),
            looks=(*BOTH, SKY),
            key="upper right",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        height=3.9,
        lr=log_slider(0.01, 0.01 / 10**1.3, 0.1, 0.05, "learning rate"),
        rho=rho_slider(0.9),
        seed=slider(0, 0, 50, 1, "seed"),
    )


def dialects(steps=100):
    """The sum form and the average form from one start, at learning rates of your choice."""
    land = landscapes.himmelblau()
    ways = {
        "the same": lambda rho: 1,
        "× (1 − ρ)": lambda rho: 1 - rho,
        "÷ (1 − ρ)": lambda rho: 1 / (1 - rho),
    }

    def run(lr, rho, way):
        lrs, rules = np.array([lr, lr * ways[way](rho)]), (momentum, average_form)
        paths = [
            descend(rule, land.grad, land.start, 400, lr=each, rho=rho)
            for rule, each in zip(rules, lrs, strict=True)
        ]
        every = np.stack(paths, axis=-1)
        path = every[:, : steps + 1]
        return Run(
            land=land,
            path=path,
            ends=settled_in(every[:, -1], land.minima),
            gone=diverged(every),
            apart=np.sqrt(((path[..., 0] - path[..., 1]) ** 2).sum(axis=0)).max(),
            speed=_speed(path, lrs),
            lr=lrs,
            rho=rho,
        )

    def readout(run, step):
        places = ("settles in A", "settles in B", "settles in C", "settles in D", "has not settled")
        sums, average = (
            f"{num(lr, 3)} {'has diverged' if gone else places[end]}"
            for lr, end, gone in zip(run.lr, run.ends, run.gone, strict=True)
        )
        apart = f"at most {num(run.apart, 2)} apart"
        if run.apart < 1e-9:
            apart = "one path, up to rounding"
        if not run.apart < FAR:
            apart = "both far away" if run.gone.all() else "far apart"
        return (
            f"ρ = {num(run.rho)}: the sum form at learning rate {sums}, the average form at "
            f"{average}. In {steps} steps the two are {apart}. At step {step} |v| is "
            f"{capped(run.speed[step, 0])} in the sum form, {capped(run.speed[step, 1])} in the "
            "average form."
        )

    panels = [
        Contour("■ sum form, ▲ average form", letters="ABCD", looks=(BOTH[1], PINK)),
        Trace(
            "their velocities",
            "|v|",
            (1e-3, 1e5),
            of=lambda run: run.speed,
            names=("sum form", "average form"),
            looks=(BOTH[1], PINK),
            key="upper right",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        at=40,
        height=3.9,
        way=choice("the same", list(ways), "learning rate of the average form"),
        lr=log_slider(0.005, 0.0005, 0.05, 0.02, "learning rate of the sum form"),
        rho=rho_slider(0.9),
    )


def _speed(path, lr):
    """|v| of the heavy ball at every step of a path, 0 before the first: `(steps + 1, ...)`."""
    moves = np.diff(path, axis=1, prepend=path[:, :1]) / lr
    return np.sqrt((moves**2).sum(axis=0))


def _never(steps):
    """Steps, and more than there will ever be in place of -1."""
    return np.where(steps < 0, 10**9, steps)
