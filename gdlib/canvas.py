"""Frames: what matplotlib draws, written down as strokes, which canvas.js plays on the page.

A frame is two lists of parts, what stands still and what moves, and the sentence that says what is
seen. A part is the strokes of one artist, or of all that stands still in one panel, as a run of
little-endian 16-bit words. It is sent once and then named by a number. Lengths are in 1/32 pixel, y
downwards:

    0 STYLE  flags (cap | join << 2 | snap << 4), width, face, edge, dash offset, n, n dashes
    1 CLIP   left, top, right, bottom, path          no path: the whole box
    2 PATH   path
    3 MARKS  path, n, n places                       the same path at every place
    4 TEXT   turn, n, n (glyph, size, place)         in 1/64 degree; a glyph's em is 12,800 high
    5 IMAGE  columns, rows, smooth, 3 corners, n, n colours, bytes
    6 POLYS  closed, n, n (face, edge), m, m (which of them, k, k points)

A path is runs of (code, count, points) and a 0: 1 a line through points, 2 on from the last one, 3
and 4 curves, 79 close. A colour is two words, r | g << 8 and b | a << 8; a face or an edge that is
not drawn has a = 0. An image's corners are the two ends of its first row and the beginning of its
last. Its bytes are the numbers of its colours (smooth: interpolated in between, and then coloured)
or, if it has none, its pixels in RGBA.
"""

import struct
from functools import lru_cache
from pathlib import Path as File
from typing import NamedTuple

import anywidget
import numpy as np
import traitlets
from matplotlib.backend_bases import FigureCanvasBase, RendererBase
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox

UNIT, EM = 32, 12_800  # units in a pixel, in a glyph's em
FAR, MOST = 32_000, 16_000  # a length and a count that a word can hold
STYLE, CLIP, PATH, MARKS, TEXT, IMAGE, POLYS = range(7)
CAPS = {"butt": 0, "round": 1, "projecting": 2}
JOINS = {"miter": 0, "round": 1, "bevel": 2}


class Frame(NamedTuple):
    """What a figure shows at one place of its controls. `key` names the place, "" none."""

    key: str
    still: tuple[bytes, ...]
    moving: tuple[bytes, ...]
    said: str


class Canvas(anywidget.AnyWidget):
    """The picture on the page, and the sentence below it.

    `post` sends frames. The page keeps them, and shows them by itself when the controls stand where
    a frame belongs. A page that is opened asks for the state: the frame shown, whole.
    """

    ENOUGH = 8_000_000  # bytes that a page keeps of one figure; then it begins anew

    _esm = File(__file__).with_suffix(".js").read_text(encoding="utf-8")
    _css = File(__file__).with_suffix(".css").read_text(encoding="utf-8")
    size = traitlets.List([0, 0]).tag(sync=True)
    controls = traitlets.List([]).tag(sync=True)  # ids of their models, in the order of a key
    player = traitlets.Unicode("").tag(sync=True)  # id of the model of the play button, if any
    catches = traitlets.List([]).tag(sync=True)  # where the mouse is heard: see `Live`
    whole = traitlets.Any().tag(sync=True, to_json=lambda _, canvas: canvas._whole())

    def __init__(self, frame, glyphs, **more):
        self.frame, self.glyphs, self._count = frame, glyphs, 0
        self.forget()
        super().__init__(**more)

    def forget(self):
        """Let the page drop all that it keeps, when it next hears of a frame."""
        self._parts, self._keys, self._glyphs, self._bytes, self._fresh = {}, set(), 0, 0, True

    @property
    def full(self):
        """Whether the page keeps as much as it should."""
        return self._bytes > self.ENOUGH

    def has(self, key):
        """Whether the page keeps a frame of this key."""
        return key in self._keys

    def post(self, frames, shown=True, **more):
        """Send frames, the last of them to be shown if `shown`; `more` is told along."""
        if self.full:
            self.forget()
        if shown:
            self.frame = frames[-1]
        told, data = self._told(frames)
        self.send(told | {"shown": shown} | more, [data])

    def _whole(self):
        self.forget()
        told, data = self._told([self.frame])
        return told | {"data": data}

    def _told(self, frames):
        """The frames in numbers of parts, and the bytes of what the page has not got yet."""
        new, listed = {}, []
        for frame in frames:
            still, moving = ([self._number(p, new) for p in parts] for parts in frame[1:3])
            listed.append([frame.key, still, moving, frame.said])
            if frame.key:
                self._keys.add(frame.key)
        first, glyphs, self._glyphs = self._glyphs, self.glyphs[self._glyphs :], len(self.glyphs)
        fresh, self._fresh = self._fresh, False
        told = {
            "frames": listed,
            "parts": [[number, len(part)] for number, part in new.items()],
            "glyphs": [first, *map(len, glyphs)],
            "fresh": fresh,
        }
        return told, b"".join([*new.values(), *glyphs])

    def _number(self, part, new):
        """The number that the page knows a part by. It is never given to another one."""
        name = hash(part)  # 64 bits
        if name not in self._parts:
            self._count += 1
            self._parts[name] = self._count
            self._bytes += len(part)
            new[self._count] = part
        return self._parts[name]


class Paper(FigureCanvasBase):
    """The figure's canvas in the kernel: it measures words."""

    def get_renderer(self):
        """One recorder for good: matplotlib remembers the sizes of words by renderer."""
        if not hasattr(self, "_recorder"):
            self._recorder = Recorder(*self.figure.bbox.size, self.figure.dpi)
        return self._recorder


class Recorder(RendererBase):
    """Writes down what is drawn. `record(artist)` is the part that shows it."""

    def __init__(self, width, height, dpi):
        super().__init__()
        self.width, self.height, self.dpi = width, height, dpi
        self.glyphs, self._numbers, self._outlines = [], {}, {}
        self._line = lru_cache(1024)(self._laid_out)
        self._flip = Affine2D().scale(UNIT, -UNIT).translate(0, UNIT * height)
        self._page = Bbox.from_extents(-UNIT, -UNIT, UNIT * (width + 1), UNIT * (height + 1))
        self._seen = self._page.padded(8 * UNIT).extents  # beyond it no line shows

    def record(self, *artists):
        """The strokes that draw the artists, as bytes; none if they are invisible."""
        self._words, self._style, self._clipped = [], None, None
        for artist in artists:
            artist.draw(self)
        return b"".join(self._words)

    # --- what matplotlib asks ---

    def get_canvas_width_height(self):
        return self.width, self.height

    def points_to_pixels(self, points):
        return points * self.dpi / 72

    def flipy(self):
        return False

    def option_image_nocomposite(self):
        return True

    def option_scale_image(self):
        return True  # an image without interpolation comes as it is, to be enlarged on the page

    # --- what matplotlib draws; the base class makes all else of these ---

    def draw_path(self, gc, path, transform, rgbFace=None):
        hatch = gc.get_hatch_path()
        line = rgbFace is None and hatch is None
        flat = path.cleaned(
            transform + self._flip,
            remove_nans=True,
            clip=self._seen if line else None,
            simplify=False,
            sketch=gc.get_sketch_params(),
        )
        words, straight = _outline(_thinned(flat) if line else self._bounded(flat))
        if words:
            self._look(gc, rgbFace, snap=straight and gc.get_snap() is not False)
            self._words += [_pack(PATH), words]
            if hatch is not None:
                self._hatch(gc, flat, hatch)

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        words, straight = _marker(marker_path, marker_trans.to_values())
        places = (trans + self._flip).transform(path.vertices)
        places = places[(np.abs(places) < FAR).all(axis=1)]  # nan is not, either
        if words and len(places):
            tick = straight and rgbFace is None and gc.get_snap() is not False
            self._look(gc, rgbFace, snap=tick)
            for some in np.split(places, range(MOST, len(places), MOST)):
                self._words += [_pack(MARKS), words, _pack(len(some)), _short(some)]

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if ismath == "TeX":
            return self.draw_tex(gc, x, y, s, prop, angle, mtext=mtext)
        glyphs, bars = self._line(s, prop.copy(), prop.get_size_in_points(), angle, ismath)
        place = self._flip.transform((x, y))
        self._look(gc, gc.get_rgb(), width=0)
        if len(glyphs):
            self._words += [_pack(TEXT, 64 * angle, len(glyphs)), _short(glyphs + [0, 0, *place])]
        for bar in bars:
            self._words += [_pack(PATH), _outline(Path(bar + place))[0]]

    def _laid_out(self, words, prop, points, angle, ismath):
        """The glyphs of a line, `(n, 4)`: number, size, x, y; and the bars of its formulas."""
        shapes, known = self._text2path, self._outlines
        if ismath:
            placed, new, bars = shapes.get_glyphs_mathtext(prop, words, glyph_map=known)
        else:
            font = shapes._get_font(prop)
            placed, new, bars = shapes.get_glyphs_with_font(font, words, glyph_map=known)
        known.update(new)
        size = UNIT * self.points_to_pixels(points)
        turn = Affine2D().scale(size / shapes.FONT_SCALE).rotate_deg(angle).scale(1, -1)
        glyphs = [
            (self._numbered(name), share * size, *turn.transform((x, y)))
            for name, x, y, share in placed
            if len(known[name][0])  # a space has no outline
        ]
        return np.array(glyphs), [turn.transform(corners[:5]) for corners, _ in bars]

    def _numbered(self, name):
        """The number of a glyph, whose outline is kept."""
        if name not in self._numbers:
            vertices, codes = self._outlines[name]
            outline = Path(np.asarray(vertices) * (EM / self._text2path.FONT_SCALE), codes)
            self._numbers[name] = len(self.glyphs)
            self.glyphs.append(_outline(outline)[0])
        return self._numbers[name]

    def draw_path_collection(self, gc, *args, **more):
        """Many polygons, or open lines, of one line style; all others go one by one."""
        master, paths, transforms, offsets, shift_by, faces, edges, widths, dashes, *_ = args
        alike = max(map(len, (transforms, widths, dashes))) <= 1 and len(paths) > 1
        closed = _all_closed(paths)
        if not alike or len(paths) < len(offsets) or closed is None or gc.get_hatch():
            return super().draw_path_collection(gc, *args, **more)
        if len(transforms):
            master = Affine2D(transforms[0]) + master
        corners = [path.vertices[:-1] if closed else path.vertices for path in paths]
        sizes = np.array([len(each) for each in corners])
        which = np.repeat(np.arange(len(paths)), sizes)
        shift = shift_by.transform(np.ma.filled(offsets, np.nan))[which % len(offsets)]
        points = master.transform(np.ma.filled(np.concatenate(corners), np.nan))
        points = self._flip.transform(points + shift)
        shown = np.ones(len(paths), dtype=bool)
        shown[which[~(np.abs(points) < FAR).all(axis=1)]] = False
        looks, look = _looks(faces, edges, len(paths))
        points, sizes, look = points[shown[which]], sizes[shown], look[shown]
        if not closed:
            points, sizes = _fewer(points, sizes)
        heads = np.stack([look, sizes], axis=1).ravel()
        begins = np.repeat(2 * (np.cumsum(sizes) - sizes), 2)
        if len(dashes):
            gc.set_dashes(*dashes[0])
        self._look(gc, None, width=widths[0] if len(widths) else 0)
        self._words += [_pack(POLYS, int(closed), len(looks)), looks.tobytes(), _pack(len(sizes))]
        self._words += [np.insert(_whole(points).ravel(), begins, heads).astype("<i2").tobytes()]

    def draw_image(self, gc, x, y, im, transform=None):
        """An image of RGBA pixels; by the indices of its colours, if they are few."""
        rows, columns = im.shape[:2]
        place = transform or Affine2D().scale(columns, rows)
        pixels = np.ascontiguousarray(im[::-1]).view("<u4")[..., 0]
        colors, index = np.unique(pixels, return_inverse=True)
        if len(colors) > 256:
            colors, index = colors[:0], pixels
        else:
            index = index.reshape(rows, columns).astype(np.uint8)
        corners = place.transform([(0, 1), (1, 1), (0, 0)]) + (x, y)
        self._image(gc, index, colors, corners, smooth=False)

    def draw_numbers(self, image):
        """An image of whole numbers by its numbers and their colours: see `draw.Numbers`."""
        gc = self.new_gc()
        image._set_gc_clip(gc)
        low, high = image.get_clim()
        colors = image.cmap(np.arange(image.cmap.N), bytes=True)
        share = (np.asarray(image.get_array(), dtype=float)[::-1] - low) / (high - low)
        index = np.clip(share * len(colors), 0, len(colors) - 1).astype(np.uint8)
        left, right, bottom, top = image.get_extent()
        corners = image.axes.transData.transform([(left, top), (right, top), (left, bottom)])
        self._image(gc, index, colors, corners, image.get_interpolation() == "bilinear")

    def draw_gouraud_triangles(self, gc, triangles_array, colors_array, transform):
        raise NotImplementedError(
            "the page cannot draw smoothly shaded triangles: use shading='flat'"
        )

    def stop_filter(self, filter_func):
        raise NotImplementedError("the page has no pixels for a filter (agg_filter) to work on")

    # --- how it looks ---

    def _look(self, gc, face, snap=False, width=None, edge=None, area=None):
        """Write down clip and style, unless they are what they were."""
        self._clip(gc, area)
        alpha = gc.get_alpha() if gc.get_forced_alpha() else None
        width = self.points_to_pixels(gc.get_linewidth() if width is None else width)
        edge = gc.get_rgb() if edge is None else edge
        offset, dashes = gc.get_dashes()
        dashes = [UNIT * self.points_to_pixels(dash) for dash in dashes or ()]
        ends = CAPS[str(gc.get_capstyle())] | JOINS[str(gc.get_joinstyle())] << 2
        style = _pack(STYLE, ends | bool(snap) << 4, UNIT * width) + _color(face, alpha)
        style += _color(edge if width else None)
        style += _pack(UNIT * self.points_to_pixels(offset or 0), len(dashes), *dashes)
        if style != self._style:
            self._style = style
            self._words.append(style)

    def _clip(self, gc, area=None):
        """Write down what the strokes are cut by: a box, and maybe an area."""
        box, (path, turn) = gc.get_clip_rectangle(), gc.get_clip_path()
        left, low, right, high = (0, 0, self.width, self.height) if box is None else box.extents
        if area is None and path is not None:
            area = path.transformed(turn + self._flip)
        cut = _outline(self._bounded(area))[0] if area is not None else b""
        edges = (UNIT * each for each in (left, self.height - high, right, self.height - low))
        clip = _pack(CLIP, *edges) + (cut or b"\0\0")
        if clip != self._clipped:
            self._clipped, self._style = clip, None  # the page forgets the style with the clip
            self._words.append(clip)

    def _hatch(self, gc, area, hatch):
        """Fill an area with the tiles of a hatch, an inch wide and high."""
        inch = UNIT * self.dpi
        words, _ = _outline(hatch.cleaned(Affine2D().scale(inch, -inch)))
        color, width = gc.get_hatch_color(), gc.get_hatch_linewidth()
        self._look(gc, color, width=width, edge=color, area=area)
        first, last = np.floor(
            Bbox.intersection(area.get_extents(), self._page).get_points() / inch
        )
        columns, rows = (np.arange(a, b + 2) for a, b in zip(first, last, strict=True))
        places = inch * np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
        self._words += [_pack(MARKS), words, _pack(len(places)), _short(places)]

    def _image(self, gc, index, colors, corners, smooth):
        """`corners`: of the first row's two ends and the last row's first, in pixels."""
        self._clip(gc)
        data, (rows, columns) = index.tobytes(), index.shape
        self._words += [_pack(IMAGE, columns, rows, smooth), _short(self._flip.transform(corners))]
        self._words += [_pack(len(colors)), colors.tobytes(), data + b"\0" * (len(data) % 2)]

    def _bounded(self, path):
        """A path without what lies too far out for a word."""
        if not len(path.vertices) or np.abs(path.vertices).max() < FAR:
            return path
        near = self._page.padded(FAR / 4)
        return Path.make_compound_path(
            *(Path(each).clip_to_bbox(near) for each in path.to_polygons(closed_only=False))
        )


def _outline(path):
    """A path in words, as runs of one kind each; and whether its lines go straight up or across."""
    codes = path.codes
    if codes is None:
        codes = np.full(len(path.vertices), Path.LINETO, dtype=np.uint8)
        codes[:1] = Path.MOVETO
    points, codes = path.vertices[codes != Path.STOP], codes[codes != Path.STOP]
    if len(codes) < 2:
        return b"", False
    before = np.concatenate(([Path.STOP], codes[:-1]))
    onward = (codes == Path.LINETO) & (before == Path.MOVETO)
    begins = ((codes != before) & ~onward) | (codes == Path.MOVETO) | (codes == Path.CLOSEPOLY)
    starts = np.flatnonzero(begins)
    words = _whole(points)
    out = []
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(codes)], strict=True):
        code = int(codes[start])
        if code == Path.CLOSEPOLY:
            out.append(_pack(code, 0))
            continue
        for at in range(start, end, MOST):
            some = words[at : min(at + MOST, end)]
            out += [_pack(code if at == start else Path.LINETO, len(some)), some.tobytes()]
    return b"".join([*out, b"\0\0"]), _straight(points, codes)


def _thinned(path):
    """A long line without the points that nobody sees.

    Of very many, only the first, last, lowest and highest in each half of a pixel across.
    """
    points, codes = path.vertices, path.codes
    if len(points) < 128 or (codes > Path.LINETO).any():
        return path
    if len(points) >= 1000:
        column = np.floor(points[:, 0] * (2 / UNIT))
        begins = np.append(True, (column[1:] != column[:-1]) | (codes[1:] != Path.LINETO))
        firsts = np.flatnonzero(begins)
        lasts = np.append(firsts[1:], len(points)) - 1
        rising = np.lexsort((points[:, 1], np.cumsum(begins)))
        keep = np.unique(np.concatenate([firsts, lasts, rising[firsts], rising[lasts]]))
        points, codes = points[keep], codes[keep]
    return _simplified(points, codes)


def _simplified(points, codes):
    """A path as matplotlib simplifies it: without the points that a ninth of a pixel hides."""
    path = Path(points, codes)
    path.simplify_threshold *= UNIT
    return path.cleaned(simplify=True)


def _fewer(points, sizes):
    """Lines one after the other, and their sizes, simplified."""
    codes = np.full(len(points), Path.LINETO, dtype=np.uint8)
    codes[np.cumsum(sizes) - sizes] = Path.MOVETO
    flat = _simplified(points, codes)
    begins = np.flatnonzero(flat.codes == Path.MOVETO)
    if len(begins) < len(sizes) or len(flat.codes) > len(points):
        return points, sizes  # one of them is only a point, or they are short
    return flat.vertices[:-1], np.diff(np.append(begins, len(flat.codes) - 1))


def _straight(points, codes):
    """Whether a path is made of horizontal and vertical lines: those are to be sharp."""
    drawn = codes != Path.CLOSEPOLY
    points, codes = points[drawn], codes[drawn]
    if not 2 <= len(points) <= 64 or (codes > Path.LINETO).any():
        return False
    steps = np.abs(np.diff(points, axis=0))[codes[1:] == Path.LINETO]
    return len(steps) > 0 and bool((steps.min(axis=1) < 0.01).all())


def _all_closed(paths):
    """Whether paths are one polygon each, or one open line each; None if they are anything else."""
    codes = [path.codes for path in paths]
    if all(each is None for each in codes):
        return False
    if any(each is None for each in codes):
        return None
    count = np.bincount(np.concatenate(codes), minlength=80)
    once = count[Path.MOVETO] == count[Path.CLOSEPOLY] == len(paths)
    ends = all(len(each) and each[-1] == Path.CLOSEPOLY for each in codes)
    return True if once and ends and not count[3:79].any() else None


@lru_cache(maxsize=512)
def _marker(path, matrix):
    """A marker in words, see `_outline`."""
    return _outline(path.cleaned(Affine2D.from_values(*matrix).scale(UNIT, -UNIT)))


def _looks(faces, edges, count):
    """The different looks of polygons, `(m, 8)` bytes: face and edge; and which each one has."""
    looks = np.zeros((count, 8), dtype=np.uint8)
    for at, colors in ((0, faces), (4, edges)):
        if len(colors):
            rgba = np.resize(colors, (count, 4))
            looks[:, at : at + 4] = np.where(rgba[:, 3:] > 0, 255 * rgba + 0.5, 0)
    different, which = np.unique(looks.view("<u8").ravel(), return_inverse=True)
    return different, which


def _color(rgba, alpha=None):
    """A colour as two words."""
    if rgba is None:
        return bytes(4)
    r, g, b, a = (int(255 * each + 0.5) for each in to_rgba(rgba, alpha))
    return bytes((r, g, b, a)) if a else bytes(4)


def _pack(*numbers):
    return struct.pack(f"<{len(numbers)}h", *map(round, numbers))


def _whole(points):
    return np.clip(np.rint(points), -(2**15), 2**15 - 1).astype("<i2")


def _short(points):
    return _whole(points).tobytes()
