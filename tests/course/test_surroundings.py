"""Whatever a learner has set: what we show and say is the same, and what was set stays set."""

import io
import locale
import os
import random
import sys
import warnings
from contextlib import chdir, contextmanager, suppress
from hashlib import sha256
from types import SimpleNamespace as Run

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from pages import FIGURES, PREDICTIONS, drag, moves

from gdlib import check, landscapes, nets, regression, theory
from gdlib.controls import slider
from gdlib.live import Live
from gdlib.optimizers import arrive, descend, gd, momentum, rmsprop, settled_in
from gdlib.panels import Contour, Trace, excess

# --- what may be set ------------------------------------------------------------------------------


def dark():
    plt.style.use("dark_background")
    large = {"font.size": 20, "xtick.labelsize": 20, "lines.linewidth": 5, "lines.marker": "x"}
    matplotlib.rcParams.update(large | {"axes.grid": True, "axes.xmargin": 0.3, "figure.dpi": 150})


def tight():
    close = {"savefig.bbox": "tight", "savefig.transparent": True, "figure.autolayout": True}
    matplotlib.rcParams.update(close | {"savefig.dpi": 50})


def strict():
    np.seterr(all="raise")
    warnings.simplefilter("error")


def tex():
    matplotlib.rcParams["text.usetex"] = True  # LaTeX or not


def german():
    """The machine's German if it has one; else what Python's own `locale` would say of it."""
    matplotlib.rcParams["axes.formatter.use_locale"] = True
    for name in ("de_DE.UTF-8", "de_AT.UTF-8", "German_Germany.utf8"):
        with suppress(locale.Error):
            return locale.setlocale(locale.LC_ALL, name)
    locale._override_localeconv.update(decimal_point=",", thousands_sep=".")


def rounded():
    np.set_printoptions(precision=2, suppress=True, threshold=3, legacy="1.13")


def elsewhere():
    os.chdir(os.sep)


def seeded():
    np.random.seed(7)
    random.seed(7)


FIVE = (dark, tight, strict, tex, german)
ALL = (*FIVE, rounded, elsewhere, seeded)


def set_now():
    """All that is set, in a form that compares."""
    rc = {key: repr(dict.__getitem__(matplotlib.rcParams, key)) for key in matplotlib.rcParams}
    numpy = np.geterr(), repr(np.get_printoptions()), list(warnings.filters)
    chance = repr(np.random.get_state()), random.getstate()
    country = locale.setlocale(locale.LC_ALL), locale.localeconv()
    return rc, *numpy, *chance, *country, os.getcwd(), sys.path.copy(), plt.get_fignums()


@contextmanager
def among(*settings):
    """In such surroundings, and they are found as they were left; after that they are gone."""
    country, own = locale.setlocale(locale.LC_ALL), locale._override_localeconv.copy()
    chance = np.random.get_state(), random.getstate()
    with (
        matplotlib.rc_context(),
        np.errstate(),
        np.printoptions(),
        warnings.catch_warnings(),
        chdir("."),
    ):
        try:
            for each in settings:
                each()
            before = set_now()
            yield
            assert set_now() == before
        finally:
            locale.setlocale(locale.LC_ALL, country)
            locale._override_localeconv.clear()
            locale._override_localeconv.update(own)
            np.random.set_state(chance[0])
            random.setstate(chance[1])


def forget():
    """Let nothing that was computed in milder surroundings be used again."""
    for name in [name for name in sys.modules if name.split(".")[0] in ("gdlib", "course")]:
        for thing in vars(sys.modules[name]).values():
            if hasattr(thing, "cache_clear"):
                thing.cache_clear()


def anywhere(make, *settings):
    """What comes of it among all settings, which is what comes of it without them."""
    forget()
    with among(*(settings or ALL)):
        came = make()
    assert came == make(), settings
    return came


def digest(*parts):
    """Bytes in short: where they differ, it is the name of what differs that matters."""
    return sha256(b"".join(parts)).hexdigest()[:12]


def unaware():
    """What numpy, matplotlib and Python make of what is set, where nobody minds it."""
    try:
        vanished = np.exp(-1000.0)
        figure = Figure((2, 1))
        FigureCanvasAgg(figure)
        figure.add_subplot().plot([0, 0.5], [0, 0.5])
        with io.BytesIO() as file:
            figure.savefig(file)
            drawn = digest(file.getvalue())
    except (FloatingPointError, RuntimeError) as error:
        return type(error)
    return vanished, drawn, repr(np.array([1 / 3])), os.getcwd(), repr(np.random.get_state())


@pytest.mark.parametrize("setting", ALL)
def test_each_of_the_settings_shows_where_nobody_minds_it(setting):
    with among(setting):
        came = unaware()
    assert came != unaware()


# --- figures --------------------------------------------------------------------------------------


def contract(live, still=True):
    """A figure as it begins, after one move of every control, and its still picture."""
    came = {"first": seen(live)}
    for name, widget in live.controls.items():
        live.set(**{name: next(v for v in moves(live, name)[::-1] if v != widget.value)})
        came[name] = seen(live)
    if still:
        came["still"] = digest(live.still())
    live.close()
    return came


def seen(live):
    """What the page is shown and told, and what went wrong."""
    still, moving = live.canvas.frame.still, live.canvas.frame.moving
    return live.readout, digest(*still, b"|", *moving, b"|", *live.canvas.glyphs), live._note.value


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_the_same_to_the_byte_among_all_settings_at_once(name):
    """A setting that got through would be seen in company, too."""
    anywhere(lambda: contract(FIGURES[name](), still=False))


def small():
    """A figure with all that a setting could reach: words, powers of ten, a key, an image."""
    land = landscapes.saddle()

    def run(x, y):
        every = descend(momentum, land.grad, [x, y], 40, lr=0.1, rho=np.array([0, 0.8]))
        return Run(land=land, path=every[..., 0], loss=excess(Run(land=land, path=every)))

    def readout(run, step):
        return f"From ({run.x}, {run.y}), with a rest of {np.exp(-30.0 * step)}."

    looks = {"plain": {"color": "C0", "marker": "o"}, "heavy": {"color": "k", "marker": "s"}}
    panels = [
        Contour("√2, −1 and $x^2$", letters="AB", picks=("x", "y")),
        Trace("the loss", of=lambda run: run.loss, lines=looks),
    ]
    place = {name: slider(0.5, -1.6, 1.6, 0.1, name) for name in "xy"}
    return Live(run, panels, readout, steps=40, **place)


@pytest.mark.parametrize("setting", FIVE)
def test_a_figure_is_the_same_to_the_byte_under_each_setting(setting):
    anywhere(lambda: contract(small()), setting)


def test_a_figure_made_before_something_was_set_goes_on_as_it_was():
    live, other = small(), small()
    with among(*ALL):
        came = contract(live)
    assert came == contract(other)


def test_the_mouse_writes_the_same_whatever_is_set():
    def dragged():
        live = small()
        drag(live, live.panels[0], (1, 0), (-1.04, 1.33))
        live.close()
        return live.values, seen(live)

    values, _ = anywhere(dragged)
    assert values == {"x": -1.0, "y": 1.3}


@pytest.mark.parametrize("name", PREDICTIONS)
def test_every_prediction_says_the_same_whatever_is_set(name):
    def said():
        predict = PREDICTIONS[name]()
        data = predict._repr_mimebundle_()
        for part in (*predict.children, predict):
            part.close()
        guesses = predict.choices or (predict.answer, 0.5)
        return data["text/plain"], data["text/html"], *map(predict.judged, guesses)

    anywhere(said)


# --- runs -----------------------------------------------------------------------------------------


# Between them lies all that a float can hold.
FROM_SMALL_TO_LARGE = 10.0 ** np.linspace(-320, 300, 61)


@pytest.mark.parametrize("name", [*landscapes.catalogue(), "line fit", "hidden"])
def test_a_landscape_is_the_same_far_out_and_close_by_whatever_is_set(name):
    def heights_and_slopes():
        more = {"line fit": regression.loss_surface(*regression.penguins("centred")[:2])}
        land = (landscapes.catalogue() | more | {"hidden": landscapes.hidden("fog")})[name]
        points = np.stack([FROM_SMALL_TO_LARGE, -FROM_SMALL_TO_LARGE])[: land.dimension]
        values = land.f(points), land.grad(points), land.hessian(points), land.minima
        return [digest(each.tobytes()) for each in values]

    anywhere(heights_and_slopes)


RUNS = {
    "on and on, until the numbers vanish": (lambda w: 4 * w, {"lr": 0.2}),
    "away, until they overflow": (lambda w: w**3, {"lr": 2.0}),
    "through a pole": (lambda w: np.log(w) / w, {"lr": 1.0}),
    "with a rate that vanishes": (np.sign, {"lr": lambda k: 0.1**k}),
    "many at once": (landscapes.plateau().grad, {"lr": np.geomspace(1e-300, 1e3, 9)}),
}


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("rule", [gd, momentum, rmsprop])
def test_a_run_is_the_same_whatever_is_set(run, rule):
    grad, more = RUNS[run]
    more = more | ({} if rule is gd else {"rho": 0.5})
    came, end = anywhere(
        lambda: [each(rule, grad, [1.5], 600, **more).tobytes() for each in (descend, arrive)]
    )
    assert came.endswith(end) or run == "many at once"


@pytest.mark.parametrize(
    "compute",
    [
        lambda: theory.rmsprop_step(np.arange(1, 5000), 0.5),
        lambda: theory.leaky_sum(np.eye(3000)[0], 0.3),
        lambda: theory.hit_chance(np.arange(1, 5000), 0.2),
        lambda: theory.steps_to(1e-300, np.array([0, 1e-300, 0.5, 1, np.inf])),
        lambda: nets.xor_losses(3, 20, np.random.default_rng(0), steps=200, lr=0.3),
        lambda: nets.xor_losses(3, 20, np.random.default_rng(0), steps=200, lr=1e5),
        lambda: settled_in([[1e-300, 0, 1e300]], [[0]]),
    ],
)
def test_what_vanishes_or_overflows_on_the_way_to_a_number_is_no_error(compute):
    anywhere(lambda: compute().tobytes())


def test_a_run_that_is_stopped_leaves_numpys_errors_as_they_were():
    def stopped(w):
        raise KeyboardInterrupt

    with among(strict), pytest.raises(KeyboardInterrupt) as kept:  # with all frames of the run
        descend(gd, stopped, [1.0], 3, lr=0.1)
        assert kept


# --- sentences ------------------------------------------------------------------------------------


def warns(w, g, memory, *, lr):
    warnings.warn("a warning of the learner's own", stacklevel=2)
    return w - lr * g * (1 + np.exp(-1000.0)), memory


SUBMITTED = {
    "right, with a warning and a number that vanishes": warns,
    "an array that does not fit": lambda w, g, memory, *, lr: (w[0] / 3, memory),
    "numbers in place of a rule": np.array([1 / 3, 1e-9]),
    "an error with numbers": lambda w, g, memory, *, lr: [][w / 3],
}


@pytest.mark.parametrize("name", SUBMITTED)
def test_a_verdict_is_the_same_whatever_is_set(name):
    said = anywhere(lambda: repr(check.rule(SUBMITTED[name], gd)))
    assert said.startswith("✓" if name.startswith("right") else "✗")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: descend(gd, np.sign, [[1 / 3, np.nan, 1e-9]], 3, lr=1),
        lambda: descend(gd, np.sign, [1.0], 3, lr=np.array([1 / 3, -1e-9])),
        lambda: descend(gd, lambda w: "abc", [1.0], 3, lr=1),
        lambda: theory.gd_limit(np.array([1 / 3, -2 / 3])),
        lambda: theory.gd_limit(np.float64(-1 / 3)),
        lambda: landscapes.ravine(np.float64(1 / 3)),
    ],
)
def test_a_refusal_is_the_same_whatever_is_set(wrong):
    def said():
        with pytest.raises(ValueError) as refused:
            wrong()
        return str(refused.value)

    anywhere(said)
