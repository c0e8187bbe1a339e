"""Live figures: controls -> run(**values) -> panels -> frame, one way only.

`Live` knows widgets and panels and no mathematics. Nothing else writes to the picture: a click or a
drag writes the controls, so that keys and sliders do all that a mouse does.
"""

import asyncio
import html
import io
import textwrap
import time
from base64 import b64encode
from contextlib import contextmanager, suppress
from functools import lru_cache, wraps
from itertools import product
from threading import RLock
from types import SimpleNamespace
from weakref import WeakSet

import ipywidgets as widgets
import numpy as np
from matplotlib import rcParams, style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from gdlib.canvas import Canvas, Frame, Paper
from gdlib.controls import (
    WIDTH,
    asked,
    at,
    button,
    grid,
    parts,
    place,
    places,
    plain,
    slider,
    snapped,
    timeline,
    viewed,
)  # fmt: skip
from gdlib.draw import STYLE
from gdlib.needs import need
from gdlib.words import spelled

# Looking ahead, in seconds: the quiet before, at a time, the rest between, the lull before a run's
# steps. A move allows EACH, and SHARE of what it cost itself, until ALL are saved up. A frame that
# takes LONG is the last one. For one move there are as MANY frames at most.
QUIET, SLICE, REST, LULL = 0.02, 0.01, 0.004, 0.5
EACH, SHARE, ALL, LONG, MANY = 0.01, 1.5, 0.3, 0.1, 30


class Live(widgets.VBox):
    """A figure that follows its controls.

    `run(**values)` computes what there is to show, from its arguments alone: a namespace, to which
    the values are added. Each panel has `setup(ax)`, which draws what stands still and returns the
    artists that move, and `show(run, step)`, which moves them (and returns True if what stands
    still changed, too). `readout(run, step)` says in one sentence what is seen; it is the caption,
    the alternative text and the text form of the figure. A panel stands in one figure.

    `controls` are widgets by the names of run's arguments. With `steps` there is a timeline over
    0 ... steps, at `at` to begin with, and the control "step", which is labelled by its `unit`;
    without, `step` is None.
    `mosaic` lays the panels out as in `Figure.subplot_mosaic`, A being the first; `height` is in
    hundreds of pixels, `rows` and `columns` say how high and wide they are to each other.

    `.fig`, `.controls` (name -> widget) and `.readout` (the sentence shown now) are public; so is
    `.set(**values)`, one line of code for a state that you want to come back to.

    Between moves the kernel looks ahead: it records what the control moved last would show at its
    other places, so that the page can answer at once. `Live.ahead = False` is a quiet kernel.
    """

    ahead = True
    shown = WeakSet()  # the figures on a page, so that a cell run again can close its old ones
    _turn = RLock()  # who draws takes it: JupyterLab hears widgets in a thread of their own
    _hand = None  # a token of the last move in any figure: whoever looks ahead gives way

    def __init__(
        self,
        run,
        panels,
        readout,
        *,
        steps=None,
        at=None,
        unit="step",
        mosaic=None,
        height=3.3,
        rows=None,
        columns=None,
        **controls,
    ):
        for name, widget in controls.items():
            need(isinstance(widget, widgets.Widget), name, widget, "a control, as slider(1, 0, 9)")
        self.run, self.panels, self.say = run, panels, readout
        self.controls, lines, player = dict(controls), [grid(controls.values())], None
        again = button("↺ reset", "Back to how the figure began", self.reset)
        if steps is not None:
            self.controls["step"] = slider(steps if at is None else at, 0, steps, 1, unit)
            line, player = timeline(self.controls["step"], again)
            lines.append(line)
        self._defaults = {name: widget.value for name, widget in self.controls.items()}
        self._places = self._where()
        self._note = widgets.HTML()  # what went wrong, in words
        self._held, self._dragged, self._astray = False, None, False
        self._near, self._spare, self._loop = True, ALL, _running_loop()
        letters = "".join(chr(65 + k) for k in range(len(panels)))
        with self._drawing():  # bare: a broken figure fails its cell
            self._build(mosaic or letters, height, rows, columns)
            self._ran = self.values
            self._shown_run = self._run_of(self._ran)
            frame = self._first_frame()
        self.readout = frame.said
        self.canvas = Canvas(
            frame,
            self._recorder.glyphs,
            size=[round(each) for each in self._fig.bbox.size],
            controls=[widget.model_id for widget in self.controls.values()],
            player=player.model_id if player else "",
            catches=self._catches(),
        )
        self.canvas.on_msg(self._heard)
        for name, widget in self.controls.items():
            widget.observe(self._changed, "value")
        below = () if steps is not None else (again,)
        super().__init__([*lines, self._note, self.canvas, *below])

    def _build(self, mosaic, height, rows, columns):
        self._fig = Figure((WIDTH / 100, height), layout="constrained")
        self._recorder = Paper(self._fig).get_renderer()
        names, many = sorted(set(mosaic) - {";", "."}), len(self.panels)
        need(len(names) == many, "mosaic", mosaic, f"text with a letter for each panel, {many}")
        kinds = {
            name: {"projection": getattr(panel, "projection", None)}
            for name, panel in zip(names, self.panels, strict=True)
        }
        axes = self._fig.subplot_mosaic(
            mosaic, height_ratios=rows, width_ratios=columns, per_subplot_kw=kinds
        )
        self._moving = []
        for panel, name in zip(self.panels, names, strict=True):
            need(not hasattr(panel, "ax"), "a panel", panel, "new: another figure shows this one")
            panel.ax = axes[name]
            moving = panel.setup(panel.ax)
            if set(moving) & set(panel.ax.images):  # drawn last, they must not hide the frame
                moving += panel.ax.spines.values()
            self._moving += moving
        self._moving.sort(key=lambda artist: artist.get_zorder())
        for artist in self._moving:
            artist.set_animated(True)

    # --- the one way from a control to the picture ---

    @property
    def fig(self):
        """The matplotlib figure, in the state shown."""
        self._come_back()
        return self._fig

    @property
    def values(self):
        """What the controls say now, rounded to what they show: {name: value}, without the step."""
        return {n: plain(w, w.value) for n, w in self.controls.items() if n != "step"}

    def set(self, **values):
        """Move several controls at once; one update follows. Values are cut to a slider's ends.

        Raises ValueError for what is no number, or none of a choice's options; then nothing moves.
        """
        for name in values:
            if name not in self.controls:
                allowed = ", ".join(self.controls)
                raise ValueError(f"control must be one of {allowed}; got {name!r}")
        wanted = {n: snapped(self.controls[n], value, n) for n, value in values.items()}
        with self._hold():
            for name, value in wanted.items():
                self.controls[name].value = value
        self._moved()

    def reset(self):
        """Back to the values the figure began with."""
        self.set(**self._defaults)

    def begin(self, **values):
        """As `set`; and `reset` leads back here."""
        self.set(**values)
        self._defaults = {name: widget.value for name, widget in self.controls.items()}

    def outdate(self):
        """What `run` depends on besides the controls has changed: nothing kept is true any more."""
        self._forget()
        self._moved()

    def _forget(self):
        self.canvas.forget()
        self._ran = None

    def _changed(self, change):
        if not self._held:
            self._moved()

    def _moved(self):
        Live._hand = token = object()
        before, start = self._places, time.perf_counter()
        try:
            self._update()
            trouble = ""
        except Exception as error:  # noqa: BLE001 - whatever it is, the learner must see it
            trouble = f"This setting cannot be shown. {type(error).__name__}: {error}"
        if trouble or self._note.value:
            self._note.value = trouble and f"<p role='alert'>⚠ {html.escape(trouble)}</p>"
        if trouble:
            with self._turn:  # the page waits for no frame, and does not call the kernel silent
                self.canvas.post([], shown=False, failed=True)
        known = None not in self._places.values() and not trouble
        if known and self.ahead and self._near and self._loop:
            went = {n: p - (before[n] or 0) for n, p in self._places.items() if p != before[n]}
            cost = time.perf_counter() - start
            self._spare = min(self._spare + EACH + SHARE * cost, ALL)
            self._later(QUIET, token, self._nearby(went), self._steps(went))

    def _update(self):
        with self._drawing():
            self._places, values = self._where(), self.values
            if values != self._ran:
                self._shown_run = self._run_of(values)
                self._ran = values
            frame = self._frame(self._places, self._shown_run, self._shown_step())
            if self._where() != self._places:  # a control was moved meanwhile, by another thread
                frame = frame._replace(key="")
            self.readout, self._astray = frame.said, False
            self.canvas.catches = self._catches()
            self.canvas.post([frame])

    def _run_of(self, values):
        run = self.run(**values)
        need(hasattr(run, "__dict__"), "what run returns", run, "a namespace")
        return SimpleNamespace(**values | vars(run))

    def _where(self):
        return {name: place(widget) for name, widget in self.controls.items()}

    @contextmanager
    def _drawing(self):
        """One at a time, in our own style; a diverging run is shown, and not warned of."""
        with self._turn, np.errstate(all="ignore"), _our_style():
            yield

    def _shown_step(self):
        if "step" in self.controls:
            return self.controls["step"].value
        return getattr(self._shown_run, "step", None)  # a run may say where it stopped

    # --- frames ---

    def _first_frame(self):
        """Lay the panels out, once and for good; then as ever."""
        for panel in self.panels:
            panel.show(self._shown_run, self._shown_step())
        for _ in range(2):  # laying the panels out may change ticks, and so the layout
            self._recorder.record(self._fig)
        self._fig.set_layout_engine("none")
        panels = [panel.ax for panel in self.panels]
        others = [a for a in self._fig.get_children() if a not in (self._fig.patch, *panels)]
        others.sort(key=lambda artist: artist.get_zorder())
        self._still = [self._recorder.record(self._fig.patch, *others), *map(self._ground, panels)]
        return self._recorded(self._places, self._shown_run, self._shown_step())

    def _frame(self, places, run, step):
        """What there is to see at a step of a run, and to say."""
        self._show(run, step)
        return self._recorded(places, run, step)

    def _recorded(self, places, run, step):
        moving = tuple(filter(None, map(self._recorder.record, self._moving)))
        said = self.say(run, step)
        need(isinstance(said, str), "what readout returns", said, "a sentence")
        return Frame(self._key(places), tuple(self._still), moving, said)

    def _show(self, run, step):
        for k, panel in enumerate(self.panels):
            if panel.show(run, step):
                self._still[1 + k] = self._ground(panel.ax)

    def _ground(self, ax):
        """What stands still in a panel. Before 3.11 matplotlib draws moving images with it."""
        images = [image for image in ax.images if image.get_animated() and image.get_visible()]
        for image in images:
            image.set_visible(False)
        part = self._recorder.record(ax)
        for image in images:
            image.set_visible(True)
        return part

    @staticmethod
    def _key(places):
        """A frame's name, the same on the page; none if a control stands between two places."""
        return "" if None in places.values() else ",".join(map(str, places.values()))

    # --- ahead of the hand ---

    def _nearby(self, went):
        """Where the hand may go next, the likeliest first, as places of all controls.

        On the way it went rather than back; with two controls, in both directions. What the page
        keeps is left out.
        """
        moves = []
        if 0 < len(went) < 3:
            far = 6 if len(went) > 1 else max(places(self.controls[name]) for name in went)
            around = product(range(-far, far + 1), repeat=len(went))
            moves = [dict(zip(went, by, strict=True)) for by in around]
            ways = {name: max(-far, min(by, far)) for name, by in went.items()}
            moves.sort(key=lambda move: sum(_distance(by, ways[n]) for n, by in move.items()))
        for move in moves[:MANY]:
            yield from self._unless_kept(**{n: self._places[n] + by for n, by in move.items()})

    def _steps(self, went):
        """The steps of the run shown, as when it is played."""
        if "step" in self.controls and "step" not in went:
            here, last = self._places["step"], self.controls["step"].max
            for step in [*range(here + 1, last + 1), *range(here)]:
                yield from self._unless_kept(step=step)

    def _unless_kept(self, **moved):
        there = self._places | moved
        inside = all(0 <= place < places(self.controls[n]) for n, place in moved.items())
        if inside and not self.canvas.has(self._key(there)):
            yield there

    def _later(self, seconds, *wish):
        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, self._look_ahead, *wish)

    def _look_ahead(self, token, wanted, *then):
        """Record frames that are wanted for a while, unless there is something else to do.

        What is wanted `then` waits until the hand has rested.
        """
        still_wanted = Live._hand is token and self._near and self._loop
        if not still_wanted or self._spare <= 0 or self.canvas.full:
            return
        if not self._turn.acquire(blocking=False):
            return self._later(QUIET, token, wanted, *then)
        start, frames = time.perf_counter(), []
        try:
            for there in wanted:
                with suppress(Exception):  # the learner will meet it when the control goes there
                    frames.append(self._frame_at(there))
                spent = time.perf_counter() - start
                if spent > SLICE or Live._hand is not token:
                    break
            if frames:
                self.canvas.post(frames, shown=False)
        finally:
            self._turn.release()
        if frames:
            self._spare -= spent
            if spent < LONG:
                self._later(max(REST, spent), token, wanted, *then)  # half of the time is free
        elif then:
            self._later(LULL, token, *then)

    def _frame_at(self, there):
        """The frame with the controls at other places than they are."""
        self._astray = True
        values = {name: at(self.controls[name], place) for name, place in there.items()}
        run, step = self._shown_run, values.pop("step", None)
        with self._drawing():
            values = {name: plain(self.controls[name], v) for name, v in values.items()}
            if values != self._ran:
                run = self._run_of(values)
            if step is None:
                step = getattr(run, "step", None)
            return self._frame(there, run, step)

    def _come_back(self):
        """Let the panels show again what is shown."""
        if self._astray:
            with self._drawing():
                self._show(self._shown_run, self._shown_step())
                self._astray = False

    # --- the page speaks ---

    def _heard(self, canvas, told, buffers):
        if told["kind"] == "near":
            self._near = told["near"]
        elif told["kind"] == "lost":
            with self._turn:
                canvas.forget()
                canvas.post([canvas.frame])
        else:
            try:
                self._mouse(told["kind"], told["x"], told["y"])
            finally:
                with self._turn:
                    canvas.post([], shown=False, heard=True)

    def _mouse(self, kind, x, y):
        """A press or a drag, in pixels from the lower left, writes the controls of its panel.

        A drag belongs to the panel where it began, and writes nothing outside of it.
        """
        self._come_back()
        if kind == "press":
            heard = (panel for panel in self.panels if any(panel.picks))
            inside = (panel for panel in heard if panel.ax.bbox.contains(x, y))
            self._dragged = next(inside, None)
        panel = self._dragged
        if panel and kind != "release" and panel.ax.bbox.contains(x, y):
            with self._drawing():
                at = panel.ax.transData.inverted().transform((x, y)).tolist()
                if kind == "press":
                    panel.grab(*at)
                wanted = panel.picked(*at)
            self.set(**wanted)
        if kind == "release":
            self._dragged = None

    def _catches(self):
        """The panels that hear the mouse, for the page: their boxes in pixels, y downwards.

        Where the page can tell for itself what the mouse writes, x and y say it: a control, by
        number, and what it is at the two ends of the box, on the slider's own scale.
        """
        catches, high = [], self._fig.bbox.height
        for panel in (panel for panel in self.panels if any(panel.picks)):
            left, bottom, right, top = panel.ax.get_window_extent().extents.tolist()
            catches.append(
                {"box": [left, high - top, right, high - bottom], **self._written(panel)}
            )
        return catches

    def _written(self, panel):
        writes, names = {}, list(self.controls)
        if not getattr(panel, "plain", False):
            return {}
        for axis, name in zip("xy", panel.picks, strict=True):
            if name:
                ends, log = panel.scale(axis)
                slider = self.controls[name]
                if not hasattr(slider, "step") or hasattr(slider, "base") != log:
                    return {}
                writes[axis] = [names.index(name), *ends]
        return writes

    @contextmanager
    def _hold(self):
        self._held = True
        try:
            yield
        finally:
            self._held = False

    # --- shown, stored, closed ---

    def still(self, dpi=110):
        """The picture with its sentence below, as PNG bytes: what is left without a kernel."""
        with io.BytesIO() as file, self._drawing():
            self.fig.savefig(file, dpi=dpi, format="png")
            picture = np.asarray(Image.open(file).convert("RGB"))
            caption = _caption(self.readout, dpi)
        stack = Image.fromarray(np.vstack([picture, caption]))
        with io.BytesIO() as file:
            stack.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2).save(
                file, "png", optimize=True
            )
            return file.getvalue()

    def _repr_mimebundle_(self, **kwargs):
        self._close_those_before()
        data = viewed(super()._repr_mimebundle_(**kwargs))
        data |= {"text/plain": repr(self), "image/png": b64encode(self.still()).decode()}
        return data, {"image/png": {"alt": self.readout}}

    def __repr__(self):
        return spelled(getattr(self, "readout", ""))  # while it is made there is none

    def _close_those_before(self):
        """Close what an earlier run of this cell has shown; its place on the page is gone."""
        message = asked()
        self._cell = message.get("metadata", {}).get("cellId")
        self._asked = message.get("header", {}).get("msg_id")
        for each in list(self.shown):
            if self._cell and each._cell == self._cell and each._asked != self._asked:
                each.close()
        self.shown.add(self)

    def close(self):
        """Close the box and every widget in it, so that a re-run of the cell leaks nothing."""
        self._loop = None  # it looks no further ahead
        self.shown.discard(self)
        for widget in parts(self):
            widgets.Widget.close(widget)


def presets(named):
    """Lets a figure begin in a state with a name: `figures.dip(preset="lost the global hole")`.

    `named` maps each name to the values of controls, `{name: {control: value}}`; the figure has
    it as `.presets`. Decorates the function that makes the figure.
    """

    def offered(make):
        @wraps(make)
        def made(*args, preset=None, **more):
            names = ", ".join(map(repr, named))
            need(preset is None or preset in list(named), "preset", preset, f"one of {names}")
            live = make(*args, **more)
            if preset is not None:
                live.begin(**named[preset])
            return live

        made.presets = named
        return made

    return offered


@contextmanager
def _our_style():
    """`style.context`, five times as fast: it is entered at every move."""
    settings = _settings()
    before = {key: dict.__getitem__(rcParams, key) for key in settings}
    dict.update(rcParams, settings)
    try:
        yield
    finally:
        dict.update(rcParams, before)


@lru_cache(maxsize=1)
def _settings():
    """All that a style can say, whatever the learner has set."""
    with style.context(["default", STYLE]):
        return {key: value for key, value in dict.items(rcParams) if "backend" not in key}


def _distance(by, way):
    """How far a move is, squared, from one as the last; back counts three times."""
    return (by - way) ** 2 if by * way >= 0 else (3 * by) ** 2


def _running_loop():
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None  # outside of a notebook nobody waits for frames


def _caption(text, dpi):
    """The sentence as a strip of pixels, as wide as the figure."""
    lines = textwrap.wrap(text, 92)
    strip = Figure((WIDTH / 100, 0.12 + 0.17 * len(lines)), dpi=dpi)
    canvas = FigureCanvasAgg(strip)
    strip.text(0.012, 0.98, "\n".join(lines), va="top", fontsize=9.5, color="#333333")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]
