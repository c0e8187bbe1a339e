"""The live figures of notebook 05, in the order of the page."""

from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace as Run

import numpy as np
from matplotlib.colors import ListedColormap

from course.momentum.checks import average_form
from gdlib import draw, landscapes, regression, theory
from gdlib.controls import choice, kappa_slider, lr_slider, rho_slider, seed_slider, slider
from gdlib.live import Live, presets
from gdlib.needs import landscape, need
from gdlib.optimizers import FAR, arrive, descend, diverged, first_step, momentum, settled_in
from gdlib.panels import (
    BALL,
    CURVE,
    DOTTED,
    Contour,
    Curve,
    Map,
    Plot,
    Trace,
    ball,
    excess,
    followed,
    so_far,
)  # fmt: skip
from gdlib.words import capped, counted, num, since, steps

GD, HEAVY = BOTH = (draw.LOOK["gd"], draw.LOOK["momentum"])
# Two more looks, for a second run of one of the two optimizers.
SKY = {"color": "#56B4E9", "marker": "D", "linestyle": ":"}
PINK = {"color": "#CC79A7", "marker": "^", "linestyle": "-."}
INK = draw.INK
TWO = {"gradient descent": GD, "momentum": HEAVY}
ON_BOTH = "● gradient descent, ■ momentum"
DOWNHILL, UPHILL, GONE, ELSEWHERE = range(4)  # what becomes of a run in a map of settings


@presets(
    {
        "no memory, one path": {"lr": 0.0096, "rho": 0.0},
        "too much memory, behind again": {"lr": 0.0096, "rho": 0.95, "step": 60},
        "past gradient descent's limit": {"lr": 0.0152, "rho": 0.75, "step": 40},
    }
)
def zigzag(last=200):
    """Centred penguins: gradient descent and momentum from one start, at one learning rate."""
    x, y, _ = regression.penguins("centred")
    land = replace(regression.loss_surface(x, y), window=((-6, 6), (-6, 6)))
    target = 1e-6

    def run(lr, rho):
        every = descend(momentum, land.grad, [-5, 5], 1200, lr=lr, rho=np.array([0, rho]))
        needed = first_step(land.f(every) - land.f(land.minima)[0] < target)
        return Run(land=land, path=every[:, : last + 1], needed=needed, gone=diverged(every))

    def parts(run, step):
        """The two parts of the step that momentum takes next: what it keeps, and what is new."""
        if step == last:
            return {}
        path = run.path[..., 1]
        w, before = path[:, step], path[:, max(step - 1, 0)]
        kept = run.rho * (w - before)
        return {"kept": (*w, *kept), "new": (*(w + kept), *(-run.lr * land.grad(w)))}

    def readout(run, step):
        plain, heavy = map(_height, excess(run)[step])
        each = zip(run.gone, run.needed, strict=True)
        one, other = ("never, it diverged" if gone else since(n, 1200) for gone, n in each)
        arrows = (
            " Arrows at the square: grey, ρ times the last step; black, minus the learning rate "
            "times the gradient; both together, the next step."
        )
        return (
            f"Learning rate {num(run.lr, 3)}, ρ = {num(run.rho)}, step {step}: the loss is {plain} "
            f"above the lowest with gradient descent, {heavy} with momentum. Below 1e−6 for good: "
            f"gradient descent {one}, momentum {other}.{arrows if step < last else ''}"
        )

    arrows = {
        "kept": {"color": "#8A8A8A", "width": 0.014, "zorder": 6},
        "new": {"color": INK, "width": 0.009, "zorder": 7},
    }
    panels = [
        Contour(ON_BOTH, ("θ₀, intercept", "θ₁, slope"), looks=BOTH, of=parts, arrows=arrows),
        Trace("the loss above the lowest", "loss", (1e-8, 1e4), lines=TWO, target=target),
    ]
    lr = lr_slider(0.0096, 0.0096 / 10**1.3, 0.0096 * 10**0.5)
    rho = rho_slider(0.75)
    return Live(run, panels, readout, steps=last, at=4, height=3.9, lr=lr, rho=rho)


def _height(loss):
    """A loss above the lowest, in words where a number would be round-off or beyond all bounds."""
    if loss < 1e-12:
        return "less than 1e−12"
    return counted(loss) if 1e3 <= loss <= 1e6 else capped(loss)


@presets(
    {
        "the newest counts in full": {"gradients": "one slope", "rho": 0.9, "step": 3},
        "nearly ten times the slope": {"gradients": "one slope", "rho": 0.9, "step": 40},
        "to and fro nearly cancels": {"gradients": "to and fro", "rho": 0.9, "step": 40},
        "the slope turned, v not yet": {"gradients": "a turn", "rho": 0.9, "step": 25},
    }
)
def memory(last=40):
    """What the velocity is made of: a bar for every past gradient, fading with ρ."""
    each, sequences = np.arange(1, last + 1), _sequences(last)
    heights = (1.2, 3, 6, 12, 25, 50)  # of the axes, so that they do not change with every move

    def run(gradients, rho):
        g = sequences[gradients]
        v = theory.leaky_sum(g, rho)
        high = next(height for height in heights if height > 1.05 * np.abs(v).max())
        return Run(g=g, v=v, high=high, low=-1 if min(g) < 0 else -0.1)

    def bars(run, step):
        left = run.rho ** (step - each[:step]) * run.g[:step]
        return draw.bars(each[:step], left)

    def lines(run, step):
        """Gradient and velocity, which is 0 before the first, and what a steady slope ends at."""
        bound, ends = np.full(2, 1 / (1 - run.rho)), [0, last]
        velocity = so_far(np.arange(last + 1), np.append(0, run.v), step)
        return velocity | {"g": (each, run.g), "above": (ends, bound), "below": (ends, -bound)}

    def readout(run, step):
        bound = f"A steady slope of 1 would end at 1/(1 − ρ) = {num(1 / (1 - run.rho))}."
        said = f"ρ = {num(run.rho)}, {run.gradients}:"
        if step == 0:
            return f"{said} before the first step v = 0. {bound}"
        share = 1 / (run.rho ** np.arange(step)).sum()
        return (
            f"{said} after {steps(step, '')} v = {num(run.v[step - 1], 3)}, and the gradient is "
            f"{num(run.g[step - 1])}. The newest gradient has weight 1; that is {share:.0%} of all "
            f"weights. {bound}"
        )

    bar = {"lw": 4.5, "solid_capstyle": "butt"}
    of_bars = {"old": bar | {"color": "#E8A27A"}, "new": bar | {"color": HEAVY["color"]}}
    of_lines = {"g": {"color": INK, "marker": ".", "ls": ""}} | followed(HEAVY)
    of_lines |= {"above": DOTTED | {"name": "1/(1 − ρ)"}, "below": DOTTED}
    panels = [
        Plot(
            "bars that add up to v, the newest dark",
            ("step at which the gradient came", "what is left of it"),
            lambda run: (0, last + 1, 1.2 * run.low, 1.2),
            bars,
            of_bars,
            still=lambda ax: ax.axhline(0, color=INK, lw=0.8),
        ),
        Plot(
            "the velocity v; dots: the gradients",
            ("step", ""),
            lambda run: (0, last + 1, run.low * run.high, run.high),
            lines,
            of_lines,
        ),
    ]
    gradients = choice("one slope", list(sequences), "gradients")
    rho = rho_slider(0.8)
    return Live(run, panels, readout, steps=last, at=12, gradients=gradients, rho=rho)


def _sequences(count):
    """What gradients may come in, by name: the first, the second, ..."""
    each = np.arange(count)
    return {
        "one slope": np.ones(count),
        "to and fro": (-1.0) ** each,
        "one push": np.where(each == 0, 1.0, 0),
        "a turn": np.where(each < 20, 1.0, -1.0),
    }


@presets(
    {
        "on the star": {"product": 2.68, "rho": 0.4, "step": 28},
        "past gradient descent's limit": {"product": 2.4, "rho": 0.5, "step": 150},
        "too much memory, still swinging": {"product": 1.0, "rho": 0.97, "step": 150},
    }
)
def settings():
    """The ravine's map of settings: every learning rate and ρ is a run; play it, or choose one."""
    kappa = kappa_slider(20, 1, 1000, 0.05)
    kappa.continuous_update = False  # ten thousand runs: when the hand lets go
    return _settings(landscapes.ravine, "kappa", kappa)


def anywhere(*lands):
    """The map of settings on other landscapes: three of ours, or those of two parameters given."""
    lands = [_curved(land) for land in lands or _others()]
    names = [land.name for land in lands]
    if len(set(names)) < len(names):
        names = [f"{name} {k}" for k, name in enumerate(names, 1)]
    lands = dict(zip(names, lands, strict=True))
    return _settings(lands.__getitem__, "name", choice([*lands][0], [*lands], "landscape"), at=100)


def _curved(land):
    """A landscape of two parameters that curves up at its lowest minimum, or a ValueError."""
    need(landscape("land", land).minima.size, "land", land.name, "a landscape that lists a minimum")
    with np.errstate(all="ignore"):
        lowest = land.minima[:, 0]
        (flattest, steepest), (_, wider) = (
            np.linalg.eigvalsh(np.nan_to_num(land.hessian(lowest, h))) for h in (1e-5, 1e-4)
        )
    good = flattest > -1e-3 * steepest and abs(wider - steepest) < 0.1 * steepest  # no round-off
    need(good, "land", land.name, "a landscape that curves up at its lowest minimum")
    return land


def _others():
    pits, saddle = landscapes.three_pits(), landscapes.saddle()
    return (
        landscapes.himmelblau(),
        replace(pits, start=np.array([-0.4, 2.4])),
        replace(saddle, start=np.array([1, 1e-3])),
    )


SWINGS = {"zigzags": (1.33, 0.03), "swings across": (0.15, 0.375), "swings along": (0.35, None)}
PRODUCTS, RHOS = np.linspace(0.04, 4.04, 101), np.linspace(0, 0.99, 100)  # of a map's settings


def _fates(land, last):
    """The curvatures at the minimum, and of every setting's run its fate, when, or when gone.

    A run is followed a little longer, to tell what has settled from what passes through.
    """
    curvatures = land.curvatures(land.minima[:, 0])
    lrs = PRODUCTS / curvatures[-1]
    path = descend(momentum, land.grad, land.start, last + 20, lr=lrs, rho=RHOS[:, None])
    ends = settled_in(path[:, -1], land.minima)
    near = ((path - land.minima[:, ends][:, None]) ** 2).sum(axis=0) <= 1e-6
    near &= ends >= 0
    gone = ~(np.abs(path) <= FAR).all(axis=0)
    loss = land.f(path) - land.f(land.minima)[0]
    uphill = ((np.diff(loss, axis=0) > 0) & (loss[1:] > 1e-20)).any(axis=0)  # no round-off
    kind = np.where(ends > 0, ELSEWHERE, np.where(uphill, UPHILL, DOWNHILL))
    never = 10**9
    when = (np.where(steps < 0, never, steps) for steps in map(first_step, (near, gone)))
    return curvatures, kind, *when


def _theory_on_map(curvatures):
    """The limit of stability and, on a quadratic of these curvatures, what else theory says."""
    limit = {"limit": (theory.momentum_limit(1, RHOS), RHOS)}
    if curvatures is None:
        return limit
    flattest, steepest = curvatures
    lr, rho = theory.polyak(flattest, steepest)
    across, words = np.linspace(0, 4.04, 203), SWINGS | {"swings along": (0.35, 0.35)}
    steep, flat = (
        (1 - np.sqrt(across * curvature / steepest)) ** 2 for curvature in (steepest, flattest)
    )
    lines = {"steep": (across, steep), "flat": (across, flat)}
    words["swings along"] = 0.35, np.interp(0.35, across, flat)
    return limit | lines | words | {"polyak": ([lr * steepest], [rho])}


def _settings(make, name, control, at=40, last=150):
    """A map of learning rate × L and ρ on the landscape that `make` makes of a control's value."""
    quadratic = name == "kappa"

    @lru_cache
    def world(value):
        land = make(value)
        return land, *_fates(land, last)

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
        path = descend(momentum, land.grad, land.start, last, lr=lr, rho=rho)
        here = np.abs(RHOS - rho).argmin(), np.abs(PRODUCTS - product).argmin()
        fate = [each[here] for each in fates]
        return Run(land=land, path=path, value=value, curvatures=curvatures, lr=lr, fate=fate)

    def readout(run, step):
        image = regions(run.value, step)
        shares = [(image == k).mean() for k in (DOWNHILL, UPHILL, ELSEWHERE)]
        which = f"κ = {num(run.value)}" if quadratic else run.value
        return (
            f"{which}, L = {num(run.curvatures[-1])}: lr·L = {num(run.product)}, so lr = "
            f"{num(run.lr, 3)}, with ρ = {num(run.rho)}. In {last} steps this run "
            f"{_fate(*run.fate, last)}. By step {step}, {sum(shares):.1%} of all settings have "
            f"settled{f', {shares[2]:.1%} in another minimum' if shares[2] else ''}."
        )

    panels = [
        _map_of_settings(lambda run, step: regions(run.value, step), quadratic),
        Contour("the chosen run", letters="A", looks=[HEAVY]),
        Trace("its loss above the lowest", "loss", (1e-12, 1e4), lines={"": HEAVY}),
    ]
    look = {"mosaic": "AB;AC", "height": 5.2, "rows": (3, 2), "columns": (1.15, 1)}
    controls = {name: control, "product": slider(1.0, 0.04, 4.04, 0.04, "learning rate × L")}
    return Live(run, panels, readout, steps=last, at=at, **look, **controls, rho=rho_slider(0.5))


def _fate(kind, settled, gone, last):
    """What becomes of a run in `last` steps, in words."""
    if gone <= last:
        return f"has diverged by step {gone}"
    if settled <= last:
        way = {DOWNHILL: "downhill all the way", UPHILL: "uphill at times", ELSEWHERE: "elsewhere"}
        return f"settles after {steps(settled, '')}, {way[kind]}"
    return "does not settle"


class Settings(Map):
    """A map with a dark region for runs that diverged, words where they belong, a plain cross."""

    def setup(self, ax):
        """As for every map, and the words; only what can settle needs a key."""
        artists = super().setup(ax)
        colors = list(self.image.cmap.colors)
        colors[1 + GONE] = "#5A5A5A"
        self.image.set_cmap(ListedColormap(colors))
        for name in ("up", "across"):
            self.drawn.lines[name].set_linestyle("-")
        look = {"fontweight": "bold", "ha": "center", "va": "center"}
        words = ("diverged", (3.5, 0.2), 0), ("limit of stability", (2.64, 0.23), 70)
        words = [draw.label(ax, *each, (0, 0), rotation=turn, **look) for *each, turn in words]
        handles, labels = ax.get_legend_handles_labels()
        key = {label: handle for handle, label in zip(handles, labels, strict=True)}
        key.pop("diverged")
        place = {"loc": "upper left", "bbox_to_anchor": (-0.02, self.below), "ncols": 2}
        ax.legend(key.values(), key, **place, columnspacing=0.9, handletextpad=0.4, borderpad=0)
        return [*artists, *words]  # above the regions, which move


def _map_of_settings(regions, quadratic):
    """The panel of all settings with their fates and the limit; on a quadratic, more of theory."""
    line = {"color": INK, "lw": 1.6, "zorder": 3}
    star = {"color": INK, "marker": "*", "ls": "", "ms": 13, "mec": "white", "zorder": 4}
    fates = ["settled, all downhill", "settled, some uphill", "diverged"]
    lines = {"limit": line}
    if quadratic:
        lines |= {"steep": line | {"ls": (0, (4, 2))}, "flat": line | {"ls": ":"}}
        lines |= {"polyak": star} | {word: {"ls": "", "name": word} for word in SWINGS}
    else:
        fates.append("in another minimum")
    return Settings(
        "every setting is a run",
        (0.02, 4.06, -0.005, 0.995),
        fates,
        ("learning rate × L", "ρ"),
        ("product", "rho"),
        nowhere="not settled yet",
        of=lambda run, step: _theory_on_map(run.curvatures if quadratic else None),
        styles=lines,
        regions=regions,
        below=-0.11,
    )


@presets(
    {
        "the usual is too much": {"kappa": 10.0, "rho": 0.9, "step": 69},
        "just enough memory": {"kappa": 100.0, "rho": 0.67, "step": 84},
        "pays off in a bad ravine": {"kappa": 1000.0, "rho": 0.9, "step": 274},
    }
)
def ravine(target=1e-6):
    """The ravine at every ρ with a learning rate that suits it, and theory's steps."""
    make = lru_cache(landscapes.ravine)

    def run(kappa, rho):
        return _three_runs(make(kappa), kappa, rho, target)

    def by_rho(run, step):
        gd, yours, polyak = run.told
        marks = {"gd": (0, gd), "yours": (run.rho, yours), "polyak": (run.best, polyak)}
        return marks | {"theory": (RHOS, _suited(run.kappa, RHOS, target)[1])}

    def readout(run, step):
        takes = zip(run.needed, run.told, strict=True)
        one, yours, best = (
            f"{steps(n, 'more than 1000 steps')} (theory {counted(told)})" for n, told in takes
        )
        return (
            f"κ = {num(run.kappa)}, ρ = {num(run.rho)} with a learning rate that suits it, "
            f"{num(run.lr[1], 3)}. To a millionth of the distance gradient descent takes {one}, "
            f"momentum with your ρ {yours}, with Polyak’s (ρ = {num(run.best, 3)}) {best}."
        )

    lines = {"ρ = 0, gradient descent": GD, "your ρ": HEAVY, "Polyak’s ρ": PINK}
    panels = [
        Contour(ON_BOTH, looks=BOTH, moving=True),
        Trace(
            "distance from the minimum", "", (1e-7, 1e3), lambda run: run.distance, lines, target
        ),
        Plot(
            "theory: steps to a millionth of the distance, at every ρ",
            ("ρ", "steps"),
            (0, 1, 5, 3e4),
            by_rho,
            {"theory": CURVE, "gd": BALL, "polyak": ball(PINK), "yours": ball(HEAVY)},
            logs="y",
        ),
    ]
    look = {"mosaic": "AB;CC", "height": 5.6, "rows": (3, 1.6)}
    controls = {"kappa": kappa_slider(100, 2, 2000), "rho": rho_slider(0.9)}
    return Live(run, panels, readout, steps=300, at=12, **look, **controls)


def _suited(kappa, rhos, target):
    """Learning rates that suit these ρ on the ravine, and theory's steps with them."""
    lrs = theory.momentum_best_lr(1, kappa, rhos)
    return lrs, theory.steps_to(target, theory.momentum_factor(lrs, kappa, rhos))


def _three_runs(land, kappa, rho, target):
    """Gradient descent, momentum at this ρ, and at Polyak's, each with what suits it."""
    best = theory.polyak(1, kappa)[1]
    rhos = np.array([0, rho, best])
    lr, told = _suited(kappa, rhos, target)
    path = descend(momentum, land.grad, land.start[:, None], 1000, lr=lr, rho=rhos)
    distance = np.sqrt((path**2).sum(axis=0))
    return Run(
        land=land,
        path=path[:, :301, :2],
        distance=distance[:301],
        needed=first_step(distance < target),
        told=told,
        lr=lr,
        best=best,
    )


@presets(
    {
        "rolls through the dip": {"depth": 3, "lr": 0.01, "rho": 0.9},
        "gets out, and is caught again": {"depth": 3, "lr": 0.01, "rho": 0.97, "step": 150},
        "stays in the global hole": {"depth": 8, "lr": 0.01, "rho": 0.6},
        "lost the global hole": {"depth": 8, "lr": 0.01, "rho": 0.9},
    }
)
def roll(last=150):
    """A ball with friction on the bowl with a dip: its path, its energy, and who rolls out."""

    def run(depth, lr, rho):
        land, places, ridge, regions = _dip(depth)
        path = descend(momentum, land.grad, land.start, 3000, lr=lr, rho=rho)
        end, energy = settled_in(path[:, -1], places), _energy(land, path[:, : last + 2], lr)
        path = path[:, : last + 1]
        return Run(land=land, path=path, end=end, energy=energy, ridge=ridge, regions=regions)

    def heights(run, step):
        seen, loss = np.arange(step + 1), run.land.f(run.path[:, : step + 1])
        energy = so_far(np.arange(last + 1), run.energy, step)
        return energy | {"height": (seen, loss), "ridge": ([0, last], [run.ridge] * 2)}

    def readout(run, step):
        where = ("in the wide bowl", "in the narrow dip", "nowhere within 3000 steps")[run.end]
        lowest = "dip" if run.land.minima[0, 0] < -1 else "bowl"
        w = run.path[:, step]
        at = (num(round(each, 2)) for each in (w[0], run.land.f(w), run.energy[step]))
        return (
            f"Dip {run.depth} deep, learning rate {num(run.lr)}, ρ = {num(run.rho)}: the ball "
            f"settles {where}; the {lowest} is the global minimum. At step {step} "
            "it is at w = {} with loss {}, energy {}; ".format(*at)
            + f"the ridge is {num(run.ridge, 3)} high."
        )

    lines = followed(HEAVY, "energy") | {
        "height": CURVE | {"lw": 1.2, "label": "loss"},
        "ridge": DOTTED | {"lw": 1.4, "label": "height of the ridge"},
    }
    panels = [
        Curve("a ball with friction", ylim=(-4.6, 14), tangent=False, looks=[HEAVY]),
        Map(
            "where the ball settles",
            (LRS[0], LRS[-1], -0.005, 0.995),
            ("wide bowl", "narrow dip"),
            ("learning rate", "ρ"),
            ("lr", "rho"),
            log=True,
        ),
        Plot(
            "energy = loss + motion",
            ("step", ""),
            (0, last, -4.6, 14),
            heights,
            lines,
            key="upper right",
        ),
    ]
    look = {"mosaic": "AB;CC", "height": 5.6, "rows": (3, 2)}
    depth, lr = choice(3, [3, 8], "depth of the dip"), lr_slider(0.01, 0.001, 0.1)
    controls = {"depth": depth, "lr": lr, "rho": rho_slider(0.6)}
    return Live(run, panels, readout, steps=last, at=60, **look, **controls)


LRS = np.geomspace(1e-3, 0.1, 61)  # of the dip's map


@lru_cache
def _dip(depth):
    """The landscape, its two minima (the bowl is 0, the dip 1), the ridge's height, and the map."""
    land = landscapes.dip(depth)
    places = land.minima[:, np.argsort(-land.minima[0])]
    ridge = landscapes.stationary_points(land)[1][:, 0]
    ends = arrive(momentum, land.grad, land.start, 3000, lr=LRS, rho=RHOS[:, None])
    return land, places, land.f(ridge), settled_in(ends, places)


def _energy(land, path, lr):
    """Loss and motion at every place of a path but the last, from the steps to it and from it."""
    moved = np.diff(path[0], prepend=path[0, 0])
    return land.f(path[:, :-1]) + (moved[:-1] ** 2 + moved[1:] ** 2) / (4 * lr)


@presets(
    {
        "a tenth of the rate, quiet": {"lr": 0.001, "rho": 0.9},
        "less memory, less noise": {"lr": 0.01, "rho": 0.5},
        "same effective rate, flies apart": {"lr": 0.1, "rho": 0.9},
    }
)
def spread(last=800, seeds=100):
    """Momentum under SGD's noise: how low it gets, at equal and at equal effective lr."""
    x, y, _ = regression.penguins("standardised")
    land = regression.loss_surface(x, y)
    bottom, lowest = land.minima[:, 0], land.f(land.minima)[0]
    window = np.stack([bottom - 0.7, bottom + 0.7], axis=1)
    looks = {"SGD at lr": GD, "momentum at lr": HEAVY, "SGD at lr/(1 − ρ)": SKY}

    def run(lr, rho, seed):
        grad = regression.minibatch(x, y, 1, np.random.default_rng(seed))
        lrs, rhos = np.array([lr, lr, lr / (1 - rho)]), np.array([0, rho, 0])
        path = descend(momentum, grad, np.zeros((2, seeds, 3)), last, lr=lrs, rho=rhos)
        return Run(path=path, loss=(land.f(path) - lowest).mean(axis=1))

    def clouds(run, step):
        each = zip(looks, np.moveaxis(run.path[:, step], -1, 0), strict=True)
        return {name: draw.within(cloud, window) for name, cloud in each} | {"bottom": bottom}

    def readout(run, step):
        slow, heavy, quick = (_height(loss) for loss in run.loss[step])
        floor = [_height(loss) for loss in run.loss[-100:].mean(axis=0)]
        return (
            f"One penguin a step, learning rate {num(run.lr, 3)}, ρ = {num(run.rho)}, seed "
            f"{run.seed}, step {step}: the loss of {seeds} runs lies on average {slow} above the "
            f"lowest with SGD, {heavy} with momentum, {quick} with SGD at "
            f"lr/(1 − ρ) = {num(run.lr / (1 - run.rho), 3)}. Over the last 100 steps it is "
            f"{floor[0]}, {floor[1]} and {floor[2]}."
        )

    small = {"ms": 4, "mew": 0.4, "zorder": 2}
    dots = {name: ball(look, **small) for name, look in reversed(looks.items())}
    panels = [
        Plot(
            f"where {seeds} runs are",
            ("θ₀, intercept", "θ₁, slope"),
            tuple(window.ravel()),
            clouds,
            dots | {"bottom": {"color": INK, "marker": "+", "ms": 11, "mew": 2, "zorder": 5}},
            square=True,
        ),
        Trace("mean loss above the lowest", "loss", (1e-4, 1e2), lambda run: run.loss, looks),
    ]
    lr = lr_slider(0.01, 0.01 / 10**1.3, 0.1, 0.05)
    controls = {"lr": lr, "rho": rho_slider(0.9), "seed": seed_slider()}
    return Live(run, panels, readout, steps=last, height=3.9, **controls)


def dialects(last=100):
    """The sum form and the average form from one start, at learning rates of your choice."""
    land = landscapes.himmelblau()
    ways = {
        "the same": lambda rho: 1,
        "× (1 − ρ)": lambda rho: 1 - rho,
        "÷ (1 − ρ)": lambda rho: 1 / (1 - rho),
    }

    def run(lr, rho, way):
        lrs = np.array([lr, lr * ways[way](rho)])
        forms = zip((momentum, average_form), lrs, strict=True)
        every = [descend(form, land.grad, land.start, 400, lr=lr, rho=rho) for form, lr in forms]
        every = np.stack(every, axis=-1)
        ends, gone = settled_in(every[:, -1], land.minima), diverged(every)
        path = every[:, : last + 1]
        apart = np.hypot(*(path[..., 0] - path[..., 1])).max()
        return Run(land=land, path=path, lrs=lrs, ends=ends, gone=gone, apart=apart)

    def readout(run, step):
        places = [f"settles in {letter}" for letter in "ABCD"] + ["has not settled"]
        sums, average = (
            f"{num(lr, 3)} {'has diverged' if gone else places[end]}"
            for lr, end, gone in zip(run.lrs, run.ends, run.gone, strict=True)
        )
        losses = (_height(loss) for loss in excess(run)[step])
        return (
            f"ρ = {num(run.rho)}: the sum form at learning rate {sums}, the average form at "
            f"{average}. In {last} steps the two are {_apart(run)}. At step {step} the loss is "
            "{} above the lowest in the sum form, {} in the average form.".format(*losses)
        )

    lines = {"sum form": HEAVY, "average form": PINK}
    panels = [
        Contour("■ sum form, ▲ average form", letters="ABCD", looks=lines.values()),
        Trace("the loss above the lowest", "loss", (1e-5, 1e4), lines=lines),
    ]
    controls = {
        "way": choice("the same", list(ways), "learning rate of the average form"),
        "lr": lr_slider(0.005, 0.0005, 0.05, 0.02, "learning rate of the sum form"),
        "rho": rho_slider(0.9),
    }
    return Live(run, panels, readout, steps=last, at=40, height=3.9, **controls)


def _apart(run):
    """How far apart the two paths come, in words."""
    if run.apart < 1e-9:
        return "one path, up to rounding"
    if run.apart < FAR:
        return f"at most {num(run.apart, 2)} apart"
    return "both far away" if run.gone.all() else "far apart"
