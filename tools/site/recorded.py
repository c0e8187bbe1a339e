"""A live figure's frames in one file: what it needs to move on a page without a kernel.

The file is gzipped, and holds blocks, so that the figure is alive when the first has come. A block
is a 32-bit length, so many bytes of JSON (see `blocks`), and then parts and glyphs one after the
other, in the words of gdlib/canvas.py. A part that many frames share stands in the file once. Where
that is shorter it stands there as differences (see `differences`), its length given below zero.
"""

import gzip
import json
import struct
import zlib
from functools import lru_cache
from itertools import chain, combinations, islice, product, zip_longest

import ipywidgets as widgets
import numpy as np

from gdlib.controls import at, place, places, plain

# How many places of a control alone, of two together, of a timeline, and of several controls
# together: all, and for a trial.
WHOLE, TRIAL = (60, (25, 20), 400, 800), (3, (2, 2), 3, 20)
ROOM, BLOCK = 490_000, 60_000  # bytes that a figure takes, and the parts of a block, compressed
RATES = "lr", "rate"  # what the slider is called that matters most, if there is one


def recorded(live, presets, explored, counts):
    """The frames of a figure as a file, what its page has to know of it, and their keys.

    First the default, the presets and what is explored (see explored.py), then every control alone,
    the timelines of these, two controls together, and several; as many as there is room for.
    """
    here = {name: place(widget) for name, widget in live.controls.items()}
    states = [here, *(here | _placed(live, values) for values in presets)]
    values, moved = explored
    aim = here | _placed(live, values), moved
    store, frames, coupled = Store(), {}, _coupled(live, here)
    live.run = lru_cache(64)(live.run)  # the steps of several runs are wanted in turn
    for there in _wanted(live, here, states, aim, *counts):
        if store.full:
            break
        there = _held(live, there) if coupled else there
        key = live._key(there)
        if key not in frames:
            frames[key] = store.kept(live._frame_at(there))
    live._come_back()
    about = {
        "size": [int(each) for each in live._fig.bbox.size],
        "controls": [_control(name, widget) for name, widget in live.controls.items()],
        "catches": live._catches(),
        "start": live._key(here),
        "glyphs": [len(glyph) for glyph in live._recorder.glyphs],
    }
    [first, *more] = blocks(frames, store)
    first[0].update(about)
    first[1].extend(live._recorder.glyphs)
    data = b"".join(_packed(*block) for block in (first, *more))
    return gzip.compress(data, 9, mtime=0), about, list(frames)


def blocks(frames, store):
    """Runs of frames, (head, parts), each with the parts that come in it for the first time.

    The head has `frames`, a list of [key, numbers of still parts, of moving parts, sentence], and
    `parts`, their lengths. The first has besides what `recorded` says of the figure.
    """
    run, begin, end = [], 0, 0
    for k, (key, (still, moving, said)) in enumerate(frames.items(), 1):
        run.append([key, still, moving, said])
        end = max(end, *(number + 1 for number in still + moving))
        if k == len(frames) or store.room(begin, end) > BLOCK:
            head = {"frames": run, "parts": store.lengths[begin:end]}
            yield head, store.parts[begin:end]
            run, begin = [], end


def _packed(head, parts):
    """A block as bytes."""
    head = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    return struct.pack("<I", len(head)) + head + b"".join(parts)


def differences(part):
    """Each word of a part less the last but one, x from x and y from y; low bytes, then high bytes.

    Points of a line are near one another, so that most of these words are small, and gzip finds
    that the high bytes are nearly all the same. (PNG filters its rows to the same end.)
    """
    words = np.frombuffer(part, "<u2").copy()
    words[2:] -= words[:-2].copy()
    return words.view(np.uint8).reshape(-1, 2).T.tobytes()


class Store:
    """Parts, each once and as short as may be, and how much room they take."""

    def __init__(self):
        self.parts, self.lengths, self._numbers = [], [], {}
        self._press, self._ends = zlib.compressobj(), [0]
        self._told, self._words = zlib.compressobj(), 0

    @property
    def full(self):
        """Whether they take, with what is told of them, as much as a figure may."""
        return self._ends[-1] + self._words > ROOM

    def room(self, begin, end):
        """The bytes that some of the parts take."""
        return self._ends[end] - self._ends[begin]

    def kept(self, frame):
        """A frame by the numbers of its parts: still ones, moving ones, and its sentence."""
        parts = ([self._number(part) for part in some] for some in (frame.still, frame.moving))
        told = [*parts, frame.said]
        self._words += len(self._told.compress(json.dumps([frame.key, *told]).encode()))
        return told

    def _number(self, part):
        if part not in self._numbers:
            self._numbers[part] = len(self.parts)
            least = min(part, differences(part), key=lambda each: len(zlib.compress(each)))
            self.parts.append(least)
            self.lengths.append(len(part) if least is part else -len(part))
            self._ends.append(self._ends[-1] + len(self._press.compress(least)))
        return self._numbers[part]


def _wanted(live, here, states, aim, alone, grid, steps, many):
    """Places of all controls, the most wanted first; of each kind coarsely first, then finer."""
    sliders = [name for name in live.controls if name != "step"]
    options = [name for name in sliders if hasattr(live.controls[name], "index")]
    run = {"step": steps} if "step" in live.controls else {}
    last = {name: places(live.controls[name]) - 1 for name in run}
    chosen = [{name: k} for name in options for k in range(places(live.controls[name]))]
    bases = [here, *(here | option for option in chosen)]
    ends = [base | last for base in (*bases, *states[1:])]
    counts, pairs = dict.fromkeys(sliders, alone) | run, _pairs(live, sliders)
    few, some = ({name: min(n, count) for name, count in counts.items()} for n in (5, 13))
    coarse = min(13, grid[0]), min(10, grid[1])
    own = chain(
        _each_alone(live, [here], counts),
        _each_alone(live, states[1:], run),
        _together(live, here, pairs, coarse),
        _together(live, here, list(combinations(sliders, 2)), coarse),
        _each_alone(live, [*bases, *states[1:], *ends], some),
        *(_together(live, each, pairs[:1], coarse) for each in states[1:]),
        _each_alone(live, bases, counts),
        _together(live, here, pairs, grid),
    )
    several = _in_turn(*(_several(live, here, names) for names in _families(live, pairs)))
    yield from states
    yield from _together(live, aim[0], [aim[1]], coarse)
    yield from _each_alone(live, [*bases, here | last], few)
    yield from _in_turn(own, islice(several, many))


def _families(live, pairs):
    """Which controls are set together: all; where there are many, two and what goes with any."""
    with_any = {n for n, widget in live.controls.items() if n == "step" or hasattr(widget, "index")}
    if len(live.controls) - len(with_any) <= 4:
        return [list(live.controls)]
    return [[name for name in live.controls if name in with_any.union(pair)] for pair in pairs]


def _several(live, here, names):
    """Several controls together on a grid that becomes finer, step by step where it is coarsest."""
    names = sorted(names, key=lambda name: (name == "step", name not in RATES, name != "rho"))
    coarse = dict(zip(names, np.linspace(0.95, 0.55, len(names)), strict=True))
    coarse |= {name: 0.52 for name in names if hasattr(live.controls[name], "index")}
    coarse |= {"step": 4} if "step" in names else {}
    axes, counts = {name: [here[name]] for name in names}, dict.fromkeys(names, 1)
    while coarse:
        name = max(coarse, key=coarse.get)
        widget, before = live.controls[name], axes[name]
        whole = hasattr(widget, "index")
        counts[name] = places(widget) if whole else max(2, 2 * counts[name] - 1)
        axes[name] = _some(widget, counts[name], here[name])
        coarse[name] /= 2
        if counts[name] >= places(widget):
            del coarse[name]
        fresh = axes | {name: [k for k in axes[name] if k not in before]}
        yield from (here | dict(zip(names, each, strict=True)) for each in product(*fresh.values()))


def _in_turn(*ways):
    """Some of each in turn: steps of one run after the other are made faster than by turns."""
    while ways:
        some = [list(islice(way, 20)) for way in ways]
        yield from chain(*some)
        ways = [way for way, found in zip(ways, some, strict=True) if found]


def _together(live, here, pairs, grid):
    """Two controls together, for each pair of them; or one alone."""
    for pair in pairs:
        some = [_some(live.controls[n], c, here[n]) for n, c in zip(pair, grid, strict=False)]
        yield from (here | dict(zip(pair, each, strict=True)) for each in product(*some))


def _each_alone(live, bases, counts):
    """Every control on its own, in turn, from the ends of its slider to ever finer places."""
    ways = [
        [base | {name: k} for k in _finer(_some(live.controls[name], count, base[name]))]
        for base in bases
        for name, count in counts.items()
    ]
    for turn in zip_longest(*ways):
        yield from filter(None, turn)


def _finer(some):
    """Both ends, the middle, the quarters, and so on."""
    some, wide = list(some), max(len(some) - 1, 1)
    order = [0, wide][: len(some)]
    while wide > 1:
        wide = -(-wide // 2)
        order += range(0, len(some), wide)
    return [some[k] for k in dict.fromkeys(order)]


def _coupled(live, here):
    """Whether a control of the figure moves another one."""
    ends = ((name, k) for name in here for k in (0, places(live.controls[name]) - 1))
    coupled = any(_held(live, here | {name: k}) != here | {name: k} for name, k in ends)
    _held(live, here)
    return coupled


def _held(live, there):
    """The places at which the controls stand when they are set to some."""
    live.set(**{name: at(live.controls[name], k) for name, k in there.items()})
    return live._where()


def _pairs(live, sliders):
    """Two controls whose grid is wanted: lr and ρ, what the mouse writes, or lr and each other."""
    found = [(rate, "rho") for rate in RATES] + [panel.picks for panel in live.panels]
    found = [pair for pair in found if len(pair) == 2 and set(pair) <= set(sliders)]
    if not found:
        first = next((name for name in RATES if name in sliders), sliders[0])
        found = [(first, name) for name in sliders if name != first][
            : 1 if first == sliders[0] else 2
        ]
    return list({frozenset(pair): pair for pair in reversed(found)}.values())


def _some(widget, count, also):
    """At most so many places of a control, evenly spread, its ends and `also` among them."""
    many = places(widget)
    if many <= count:
        return range(many)
    return sorted({*np.linspace(0, many - 1, count).round().astype(int).tolist(), also})


def _placed(live, values):
    """The places of some values."""
    before = {name: widget.value for name, widget in live.controls.items()}
    live.set(**values)
    there = {name: place(live.controls[name]) for name in values}
    live.set(**before)
    return there


def _control(name, widget):
    """What the page has to know of a control: what it shows at each of its places."""
    shown = [_told(widget, k) for k in range(places(widget))]
    kind = "choice" if isinstance(widget, widgets.ToggleButtons) else "slider"
    told = {"name": name, "label": widget.description, "kind": kind, "shown": shown}
    if hasattr(widget, "step"):
        told |= {"min": widget.min, "max": widget.max, "step": widget.step}
        told |= {"base": widget.base} if hasattr(widget, "base") else {}
    return told


def _told(widget, k):
    """What a control shows at a place."""
    if hasattr(widget, "index"):
        return widget._options_full[k][0]
    value = plain(widget, at(widget, k))
    return (f"{value:.4g}" if isinstance(value, float) else str(value)).replace("-", "−")
