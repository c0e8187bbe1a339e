"""Live figures: controls -> run(**values) -> panels -> pixels, one way only.

`Live` knows widgets and panels and no mathematics. Nothing else writes to the picture: a click or a
drag writes the controls, so that keys and sliders do all that a mouse does.
"""

import html
import io
import re
import struct
import textwrap
import zlib
from base64 import b64encode
from contextlib import contextmanager
from threading import RLock
from unittest.mock import patch
from weakref import WeakSet

import ipywidgets as widgets
import numpy as np
from IPython import get_ipython
from matplotlib import style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from gdlib.controls import WIDTH, Spoken, button, num, parts, plain, row, slider, snapped, timeline
from gdlib.draw import STYLE

with patch("matplotlib.use"):  # importing ipympl would switch the learner's own plots to it
    from ipympl.backend_nbagg import Canvas as IpymplCanvas
    from ipympl.backend_nbagg import FigureManager


class Canvas(IpymplCanvas):
    """ipympl's canvas, sending whole pictures, packed lightly.

    ipympl sends what changed since its last picture. The browser drops a picture that the next one
    overtakes, and with it what had changed: the figure stays broken until it is drawn anew.

    JupyterLab has the kernel hear widgets in a thread of their own, even while a cell runs. Whoever
    draws takes `turn`, a lock, first: two at once would spoil the picture.
    """

    def __init__(self, figure, turn):
        self.turn = turn
        super().__init__(figure)
        self.syncing_data_url = False  # ipympl 0.10 syncs a URL that the browser cannot read

    def _handle_message(self, *message):
        with self.turn:
            super()._handle_message(*message)

    def get_diff_image(self):
        """The picture as PNG bytes, or None if the browser has it."""
        if not self._png_is_old:
            return None
        self._png_is_old = False
        return png(np.asarray(self.get_renderer().buffer_rgba()))


def png(pixels):
    """RGBA pixels `(height, width, 4)` as a PNG, packed lightly: a third of the time Pillow takes.

    Pillow tries five filters on each row. Pictures made of lines need none, and get no larger.
    """
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 4 * width), dtype=np.uint8)  # each row begins with filter 0: none
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits, RGBA
    chunks = {b"IHDR": header, b"IDAT": zlib.compress(rows, 1), b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks.items()
    )


class Live(widgets.VBox):
    """A figure that follows its controls.

    `run(**values)` computes what there is to show; each panel has `setup(ax)`, which draws what
    stands still and returns the artists that move, and `show(run, step)`, which moves them (and
    returns True if what stands still changed, too). `readout(run, step)` says in one sentence what
    is seen; it is the caption, the alternative text and the text form of the figure.

    `controls` are widgets by the names of run's arguments. With `steps` there is a timeline over
    0 ... steps, at `at` to begin with, and the control "step"; without, `step` is None.
    `mosaic` lays the panels out as in `Figure.subplot_mosaic`, A being the first.

    `.fig`, `.controls` (name -> widget) and `.readout` (the sentence shown now) are public; so is
    `.set(**values)`, one line of code for a state that you want to come back to.
    """

    shown = WeakSet()  # the figures on a page, so that a cell run again can close its old ones

    def __init__(
        self,
        run,
        panels,
        readout,
        *,
        steps=None,
        at=None,
        mosaic=None,
        height=3.3,
        ratios=None,
        **controls,
    ):
        self.run, self.panels, self.say = run, panels, readout
        self.controls = dict(controls)
        self._note = widgets.HTML()  # what went wrong, in words
        self._caption = Spoken()
        self._held, self._dragged, self._background = False, None, None
        self._laid_out = False
        rows = [row(self.controls.values())]
        if steps is not None:
            self.controls["step"] = slider(steps if at is None else at, 0, steps, 1, "step")
            rows.append(timeline(self.controls["step"]))
        self._defaults = {name: widget.value for name, widget in self.controls.items()}
        self._turn, letters = RLock(), "".join(chr(65 + i) for i in range(len(panels)))
        with self._turn:
            with style.context(STYLE):
                self._build(mosaic or letters, height, ratios)
            self._update()  # bare: a broken figure fails its cell
        for widget in self.controls.values():
            widget.observe(self._changed, "value")
        again = button("↺ reset", "Back to how the figure began", self.reset)
        self._let_keys_out(again)
        super().__init__([*rows, self._note, self.canvas, self._caption, again])

    def _build(self, mosaic, height, ratios):
        self.fig = Figure((WIDTH / 100, height), layout="constrained")
        self.canvas = Canvas(self.fig, self._turn)
        self.canvas.header_visible = self.canvas.footer_visible = False
        self.canvas.toolbar_visible = self.canvas.resizable = False
        manager = FigureManager(self.canvas, 0)
        for handler in ("key_press", "button_press", "scroll"):  # matplotlib's own shortcuts
            self.canvas.mpl_disconnect(getattr(manager, f"{handler}_handler_id", None))
        self.canvas.toolbar.set_message = lambda text: None  # nobody sees it, and it costs messages
        axes = self.fig.subplot_mosaic(mosaic, **(ratios or {}))
        self._moving = []
        for panel, name in zip(self.panels, sorted(axes), strict=True):
            panel.ax = axes[name]
            self._moving += panel.setup(panel.ax)
        self._moving.sort(key=lambda artist: artist.get_zorder())
        for artist in self._moving:
            artist.set_animated(True)
        self.canvas.mpl_connect("draw_event", self._on_draw)
        self.canvas.mpl_connect("button_press_event", self._press)
        self.canvas.mpl_connect("motion_notify_event", self._drag)
        self.canvas.mpl_connect("button_release_event", self._release)

    # --- the one way from a control to the picture ---

    @property
    def values(self):
        """What the controls say now, rounded to what they show: {name: value}, without the step."""
        return {name: plain(w) for name, w in self.controls.items() if name != "step"}

    def set(self, **values):
        """Move several controls at once; one update follows. Values are cut to a slider's ends."""
        for name in values:
            if name not in self.controls:
                allowed = ", ".join(self.controls)
                raise ValueError(f"control must be one of {allowed}; got {name!r}")
        with self._hold():
            for name, widget in self.controls.items():
                if name in values:
                    widget.value = snapped(widget, values[name])
        self._try_update()

    def reset(self):
        """Back to the values the figure began with."""
        self.set(**self._defaults)

    def _changed(self, change):
        if not self._held:
            self._try_update(rerun=change.owner is not self.controls.get("step"))

    def _try_update(self, rerun=True):
        try:
            self._update(rerun)
            trouble = ""
        except Exception as error:  # noqa: BLE001 - whatever it is, the learner must see it
            trouble = f"This setting cannot be shown. {type(error).__name__}: {error}"
        if trouble or self._note.value:
            self._note.value = trouble and f"<p role='alert'>⚠ {html.escape(trouble)}</p>"

    def _update(self, rerun=True):
        # A diverging run is something to show, not to warn of.
        with self._turn, np.errstate(all="ignore"):
            if rerun:
                self._shown_run = self.run(**self.values)
            step = self._shown_step()
            stale = [panel.show(self._shown_run, step) for panel in self.panels]
            self.readout = self.say(self._shown_run, step)
            self._paint(any(stale))
        self._caption.say(self.readout)

    def _shown_step(self):
        if "step" in self.controls:
            return self.controls["step"].value
        return getattr(self._shown_run, "step", None)  # a run may say where it stopped

    def _paint(self, stale):
        size = self.canvas.get_width_height(physical=True)
        if stale or self._background is None or self._background[0] != size:
            self.canvas.draw()
        else:
            self.canvas.restore_region(self._background[1])
            self._draw_moving()
            self.canvas.blit(self.fig.bbox)

    def _on_draw(self, event):
        if self.canvas.is_saving():
            return
        if not self._laid_out:
            return self._lay_out_again()
        size = self.canvas.get_width_height(physical=True)
        self._background = size, self.canvas.copy_from_bbox(self.fig.bbox)
        self._draw_moving()

    def _lay_out_again(self):
        """The first draw has laid the panels out, which may have changed ticks: do it once more."""
        self._laid_out = True
        self.fig.get_layout_engine().execute(self.fig)
        self.fig.set_layout_engine("none")
        self.canvas.draw()  # comes back to `_on_draw`

    def _draw_moving(self):
        for artist in self._moving:
            self.fig.draw_artist(artist)

    # --- the mouse writes controls ---

    def _press(self, event):
        for panel in self.panels:
            if event.inaxes is panel.ax and any(panel.picks):
                self._dragged = panel
                panel.grab(event.xdata, event.ydata)
                self._drag(event)

    def _drag(self, event):
        panel = self._dragged
        if panel is None or event.inaxes is not panel.ax:
            return
        self.set(**panel.picked(event.xdata, event.ydata))

    def _release(self, event):
        self._dragged = None

    @contextmanager
    def _hold(self):
        self._held = True
        try:
            yield
        finally:
            self._held = False

    # --- ipympl's canvas swallows every key, Tab as well: without this, no key leaves it ---

    def _let_keys_out(self, after):
        before = list(self.controls.values())[-1]
        before.tabbable = False  # code may then focus it; its handle stays in the tab order
        exits, pressed = {"tab": after, "escape": after, "shift+tab": before}, []
        self.canvas.mpl_connect("key_press_event", lambda event: pressed.append(event.key))

        def leave(event):  # on release: ipympl ignores a key until it has seen it released
            if pressed and pressed[-1] in exits:
                exits[pressed[-1]].focus()
            pressed.clear()

        self.canvas.mpl_connect("key_release_event", leave)

    # --- shown, stored, closed ---

    @contextmanager
    def _all_still(self):
        for artist in self._moving:
            artist.set_animated(False)
        try:
            yield
        finally:
            for artist in self._moving:
                artist.set_animated(True)
            self._background = None  # the renderer was another

    def still(self, dpi=110):
        """The picture with its sentence below, as PNG bytes: what is left without a kernel."""
        with io.BytesIO() as file, self._turn, self._all_still():
            self.canvas.print_figure(file, dpi=dpi, format="png")
            picture = np.asarray(Image.open(file).convert("RGB"))
        stack = Image.fromarray(np.vstack([picture, _caption(self.readout, dpi)]))
        with io.BytesIO() as file:
            stack.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2).save(
                file, "png", optimize=True
            )
            return file.getvalue()

    def _repr_mimebundle_(self, **kwargs):
        self._close_those_before()
        data = super()._repr_mimebundle_(**kwargs)
        data |= {"text/plain": self.readout, "image/png": b64encode(self.still()).decode()}
        return data, {"image/png": {"alt": self.readout}}

    def _close_those_before(self):
        """Close what an earlier run of this cell has shown; its place on the page is gone."""
        asked = getattr(get_ipython(), "parent_header", {})
        self._cell = asked.get("metadata", {}).get("cellId")
        self._asked = asked.get("header", {}).get("msg_id")
        for each in list(self.shown):
            if self._cell and each._cell == self._cell and each._asked != self._asked:
                each.close()
        self.shown.add(self)

    def close(self):
        """Close the box and every widget in it, so that a re-run of the cell leaks nothing."""
        self.shown.discard(self)
        for widget in parts(self):
            widgets.Widget.close(widget)


class Predict(widgets.VBox):
    """A question to commit to before the answer is shown. Nothing leaves the page.

    With `choices`, `answer` is one of them; without, it is a number, right within `tolerance`
    (a fraction of it). `why` explains. Without a kernel the question shows, and the answer folded.
    """

    def __init__(self, question, answer, why, choices=None, tolerance=0.1):
        if choices is not None and answer not in choices:
            raise ValueError(f"answer must be one of {choices}; got {answer!r}")
        self.question, self.answer, self.why = question, answer, why
        self.choices, self.tolerance = choices, tolerance
        if choices is None:
            self.entry = widgets.Text(placeholder="a number", continuous_update=False)
            self.entry.layout.width = "120px"
        else:
            self.entry = widgets.RadioButtons(options=choices, value=None)
            self.entry.layout.width = "max-content"
        self.button = button("Commit", "Commit to your prediction", self._commit)
        self.reveal = Spoken()
        title = widgets.HTML(f"<p><b>Predict.</b> {html.escape(question)}</p>")
        super().__init__([title, self.entry, self.button, self.reveal])

    def _commit(self):
        if self.entry.disabled:
            return
        said = self.entry.value
        if self.choices is None:
            said = _number(said)
        if said is None:
            wanted = "Choose one" if self.choices else "Type a number, such as 250,"
            verdict = f"{wanted} first: a wrong guess teaches more than none."
        else:
            # The button stays, since it has the keyboard's focus, and does nothing more.
            self.entry.disabled, self.button.description = True, "Committed"
            verdict = f"You said {_short(said)}. {self.judged(said)} {self.why}"
        self.reveal.say(verdict)

    def judged(self, said):
        """The verdict on a prediction, one sentence."""
        right = said == self.answer
        if self.choices is None:
            right = abs(said - self.answer) <= self.tolerance * abs(self.answer)
        return "Right." if right else f"It is {_short(self.answer)}."

    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs)
        listed = "".join(f"\n  ○ {each}" for each in self.choices or ())
        answer = f"{_short(self.answer)}. {self.why}"
        data["text/plain"] = f"Predict. {self.question}{listed}\nAnswer: {answer}"
        items = "".join(f"<li>{html.escape(str(each))}</li>" for each in self.choices or ())
        data["text/html"] = (
            f"<p><b>Predict.</b> {html.escape(self.question)}</p><ul>{items}</ul><details><summary>"
            f"Decide first, then open the answer</summary>{html.escape(answer)}</details>"
        )
        return data


def _number(text):
    """The finite number that a text says, or None: "6 908", "6,908" and "~0,5" say one."""
    text = re.sub(r"[\s~≈_]|about", "", text).replace("−", "-")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d*)?", text):
        text = text.replace(",", "")  # commas between thousands
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _short(value):
    return f"“{value}”" if isinstance(value, str) else num(value)


def _caption(text, dpi):
    """The sentence as a strip of pixels, as wide as the figure."""
    lines = textwrap.wrap(text, 92)
    strip = Figure((WIDTH / 100, 0.12 + 0.17 * len(lines)), dpi=dpi)
    canvas = FigureCanvasAgg(strip)
    strip.text(0.012, 0.98, "\n".join(lines), va="top", fontsize=9.5, color="#333333")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]
