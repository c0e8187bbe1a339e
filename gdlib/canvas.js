// Plays the frames that canvas.py records: what the words of a part mean stands there.
const UNIT = 32, EM = 12800, CAPS = ["butt", "round", "square"], JOINS = ["miter", "round", "bevel"];
const ENOUGH = 16e6;  // bytes kept of one figure; the kernel has us begin anew long before
const PATIENCE = 1500;  // milliseconds without an answer, until the page says that there is none
const SILENCE = "⚠ The kernel has not answered: it is busy with another cell, or gone. This is an old picture. ";

const coloured = [];  // the parts whose images are kept as pixels, up to a few

// Draw a part, an Int16Array, on a canvas that has `ratio` pixels to a unit of matplotlib's.
export function play(ctx, part, glyphs, ratio) {
  const k = ratio / UNIT;
  let at = 0, face, edge, snap = false, half = 0, left = 0, top = 0;
  const next = () => part[at++];
  const x = () => snap ? Math.floor(part[at++] * k + left + 0.5) + half : part[at++] * k + left;
  const y = () => snap ? Math.floor(part[at++] * k + top + 0.5) + half : part[at++] * k + top;
  const color = () => {
    const rg = next(), ba = next(), a = (ba >> 8) & 255;
    return a ? `rgba(${rg & 255},${(rg >> 8) & 255},${ba & 255},${a / 255})` : null;
  };
  const trace = (on, x, y) => {
    for (let code = next(); code; code = next()) {
      let n = next();
      if (code == 79) on.closePath();
      else if (code == 3) for (; n > 0; n -= 2) on.quadraticCurveTo(x(), y(), x(), y());
      else if (code == 4) for (; n > 0; n -= 3) on.bezierCurveTo(x(), y(), x(), y(), x(), y());
      else {
        if (code == 1 && n--) on.moveTo(x(), y());
        while (n-- > 0) on.lineTo(x(), y());
      }
    }
  };
  const paint = (face, edge) => {
    if (face) { ctx.fillStyle = face; ctx.fill(); }
    if (edge) { ctx.strokeStyle = edge; ctx.stroke(); }
  };
  const skip = () => { for (let code = next(); code; code = next()) at += 2 * part[at] + 1; };
  const operations = [
    function style() {
      const flags = next(), width = next() * k;
      snap = !!(flags & 16);
      [face, edge] = [color(), color()];
      ctx.lineCap = CAPS[flags & 3];
      ctx.lineJoin = JOINS[(flags >> 2) & 3];
      ctx.lineWidth = snap ? Math.max(1, Math.round(width)) : width || 1;
      half = edge ? ctx.lineWidth % 2 / 2 : 0;
      ctx.lineDashOffset = next() * k;
      ctx.setLineDash(Array.from({ length: next() }, () => next() * k));
    },
    function clip() {
      const [l, t, r, b] = [0, 0, 0, 0].map(() => Math.round(next() * k));
      ctx.restore();
      ctx.save();
      ctx.miterLimit = 10;
      ctx.beginPath();
      ctx.rect(l, t, r - l, b - t);
      ctx.clip();
      snap = false;
      if (!part[at]) return at++;
      ctx.beginPath();
      trace(ctx, x, y);
      ctx.clip();
    },
    function path() { ctx.beginPath(); trace(ctx, x, y); paint(face, edge); },
    function marks() {
      const shape = at;
      skip();
      const n = next(), places = part.subarray(at, at + 2 * n), end = at + 2 * n;
      if (n > 16 && !snap) stamp(shape, places);
      else for (let j = 0; j < 2 * n; j += 2) {
        [at, left, top] = [shape, places[j] * k, places[j + 1] * k];
        ctx.beginPath();
        trace(ctx, x, y);
        paint(face, edge);
      }
      [at, left, top] = [end, 0, 0];
    },
    function text() {
      const turn = next() / 64 * Math.PI / 180, cos = Math.cos(turn), sin = Math.sin(turn);
      ctx.fillStyle = face;
      for (let n = next(); n > 0; n--) {
        const glyph = glyphs[next()], size = next() * k / EM;
        ctx.setTransform(size * cos, -size * sin, -size * sin, -size * cos, next() * k, next() * k);
        ctx.fill(glyph.path ??= outline(glyph));
      }
      ctx.setTransform(1, 0, 0, 1, 0, 0);
    },
    function image() {
      const place = `${at} ${ratio}`, columns = next(), rows = next(), smooth = next();
      const [x0, y0, x1, y1, x2, y2] = Array.from({ length: 6 }, () => next() * k);
      const n = next(), palette = new Uint32Array(part.slice(at, at += 2 * n).buffer);
      const count = columns * rows, bytes = (n ? 1 : 4) * count;
      const data = new Uint8Array(part.buffer, part.byteOffset + 2 * at, bytes);
      at += (bytes + 1) >> 1;
      const [w, h] = smooth ? [Math.hypot(x1 - x0, y1 - y0), Math.hypot(x2 - x0, y2 - y0)].map(Math.round)
                            : [columns, rows];
      if (!part.images) coloured.push(part);
      part.images ??= new Map();  // what it takes to colour it is spent once
      if (coloured.length > 24) delete coloured.shift().images;
      if (!part.images.has(place)) part.images.set(place, bitmap(
        w, h, !n ? new Uint32Array(data.slice().buffer) : smooth ? between(data, columns, rows, w, h, palette)
          : Uint32Array.from(data, number => palette[number])));
      ctx.setTransform((x1 - x0) / w, (y1 - y0) / w, (x2 - x0) / h, (y2 - y0) / h, x0, y0);
      ctx.imageSmoothingEnabled = false;
      ctx.drawImage(part.images.get(place), 0, 0);
      ctx.setTransform(1, 0, 0, 1, 0, 0);
    },
    function polygons() {
      const closed = next(), looks = Array.from({ length: next() }, () => [color(), color()]);
      let last = null;  // open lines of one look are one path
      for (let m = next(); m > 0; m--) {
        const look = looks[next()], n = next();
        if (last != look || look[0]) { if (last) paint(...last); ctx.beginPath(); }
        ctx.moveTo(x(), y());
        for (let j = 1; j < n; j++) ctx.lineTo(x(), y());
        if (closed) ctx.closePath();
        last = look;
      }
      if (last) paint(...last);
    },
  ];
  ctx.save();
  while (at < part.length) operations[next()]();
  ctx.restore();

  // Many marks are drawn once and copied, to whole pixels, as Agg does.
  function stamp(shape, places) {
    let reach = 0;
    for (at = shape, skip(); --at > shape;) reach = Math.max(reach, Math.abs(part[at]));
    const half = Math.ceil(Math.min(reach * k, 200) + ctx.lineWidth) + 1, mark = new OffscreenCanvas(2 * half, 2 * half);
    const on = mark.getContext("2d"), { lineWidth, lineJoin, lineCap } = ctx;
    Object.assign(on, { fillStyle: face ?? "#0000", strokeStyle: edge ?? "#0000", lineWidth, lineJoin, lineCap });
    [at, left, top] = [shape, half, half];
    trace(on, x, y);
    on.fill();
    on.stroke();
    for (let j = 0; j < places.length; j += 2)
      ctx.drawImage(mark, Math.round(places[j] * k) - half, Math.round(places[j + 1] * k) - half);
  }

  function outline(words) {
    const path = new Path2D(), before = [part, at];
    [part, at] = [words, 0];
    trace(path, next, next);
    [part, at] = before;
    return path;
  }
}

function bitmap(width, height, pixels) {
  const canvas = new OffscreenCanvas(width, height), bytes = new Uint8ClampedArray(pixels.buffer);
  canvas.getContext("2d").putImageData(new ImageData(bytes, width, height), 0, 0);
  return canvas;
}

// The pixels of an image of numbers: interpolated between four of them, and then coloured.
function between(data, columns, rows, width, height, palette) {
  const pixels = new Uint32Array(width * height);
  for (let j = 0, at = 0; j < height; j++) {
    const v = Math.min(Math.max((j + 0.5) * rows / height - 0.5, 0), rows - 1);
    const low = Math.min(Math.floor(v), Math.max(rows - 2, 0)), down = rows > 1 ? columns : 0;
    for (let i = 0; i < width; i++) {
      const u = Math.min(Math.max((i + 0.5) * columns / width - 0.5, 0), columns - 1);
      const p = low * columns + Math.min(Math.floor(u), Math.max(columns - 2, 0)), right = columns > 1 ? 1 : 0;
      const f = u - p + low * columns, upper = data[p] + f * (data[p + right] - data[p]);
      const lower = data[p + down] + f * (data[p + down + right] - data[p + down]);
      pixels[at++] = palette[Math.floor(upper + (v - low) * (lower - upper) + 0.5)];
    }
  }
  return pixels;
}

// Where a control stands, as a whole number, counted as controls.place does; NaN between two places.
function place(control) {
  if (control.get("_options_labels")) return control.get("index");
  const base = control.get("base"), value = control.get("value");
  const [share, last] = counted(control, base ? Math.log(value) / Math.log(base) : value);
  const whole = Math.round(share);
  return share >= last - 1e-6 ? last : Math.abs(share - whole) < 1e-6 ? whole : NaN;
}

// A value of a slider's own scale in steps from its lower end, and the last place that there is.
function counted(control, value) {
  const [low, high, step] = ["min", "max", "step"].map(name => control.get(name));
  const last = Math.ceil((high - low) / step - 1e-9);
  return [value >= high - 1e-9 ? last : (value - low) / step, last];
}

// One figure: the frames that the page keeps, whoever shows them.
export class Figure {
  constructor(model) {
    Object.assign(this, { model, views: new Set(), controls: [], glyphs: [] });
    Object.assign(this, { frames: new Map(), parts: new Map(), bytes: 0, lost: false });
    Object.assign(this, { queue: [], waiting: null, aim: "", clock: undefined, old: false });
    this.counts = { kept: 0, asked: 0, ahead: 0 };
    const first = model.get("whole");
    this.hear({ ...first, shown: true }, [first.data]);
    model.on("msg:custom", (told, buffers) => this.hear(told, buffers));
    this.follow = () => this.moved();
  }

  async listen() {
    const find = id => this.model.widget_manager.get_model(id);
    this.controls = await Promise.all(this.model.get("controls").map(find));
    for (const control of this.controls) control.on("change:value change:index", this.follow);
    if (this.model.get("player")) this.drive(await find(this.model.get("player")), this.controls.at(-1));
  }

  // Play moves the step slider here, without asking the kernel.
  drive(player, step) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches)
      player.set({ interval: 1000, step: Math.max(1, Math.round(step.get("max") / 10)) });
    const carry = (from, to) => {
      if (from.get("value") == to.get("value")) return;
      to.set("value", from.get("value"));
      to.save_changes();
    };
    const start = () => {
      if (player.get("playing") && step.get("value") == step.get("max")) player.set("value", 0);
    };
    this.links = [[player, "change:value", () => carry(player, step)],
                  [player, "change:playing", start], [step, "change:value", () => carry(step, player)]];
    for (const [model, event, action] of this.links) model.on(event, action);
  }

  leave() {
    clearTimeout(this.clock);
    for (const control of this.controls) control.off("change:value change:index", this.follow);
    for (const [model, event, action] of this.links ?? []) model.off(event, action);
  }

  hear(told, [data]) {
    if (told.fresh || this.bytes > ENOUGH) this.forget();
    let from = data.byteOffset;
    const cut = count => new Int16Array(data.buffer.slice(from, from += count));
    for (const [number, count] of told.parts) { this.parts.set(number, cut(count)); this.bytes += count; }
    const [first, ...counts] = told.glyphs;
    counts.forEach((count, j) => { this.glyphs[first + j] = cut(count); });
    for (const [key, ...numbers] of told.frames) {
      const [still, moving] = [0, 1].map(j => numbers[j].map(number => this.parts.get(number)));
      const frame = { key, still, moving, said: numbers[2], ground: numbers[0].join(), name: numbers.join() };
      if ([...still, ...moving].includes(undefined)) return this.lose();
      if (key) this.frames.set(key, frame);
      this.last = frame;
    }
    this.lost = false;
    if (told.heard) { this.waiting = null; this.tell(); }
    if (!told.shown) this.counts.ahead += told.frames.length;
    else if (this.last.key == this.wanted() || !this.frames.has(this.wanted())) this.show(this.last);
    if (told.shown || told.heard || told.failed) this.watch(told.failed || this.shown.key == this.wanted(), true);
  }

  forget() { this.frames.clear(); this.parts.clear(); this.bytes = 0; }

  lose() {  // another page has had what we miss
    if (!this.lost) this.model.send({ kind: "lost" });
    this.lost = true;
  }

  // The key of the frame to be seen: where the hand is, or else where the controls are.
  wanted() { return this.aim || this.key(this.controls.map(place)); }

  key(places) { return places.includes(NaN) ? "" : places.join(); }

  moved() {
    const frame = this.frames.get(this.wanted());
    this.counts[frame ? "kept" : "asked"]++;
    if (frame) this.show(frame);
    this.watch(frame);
  }

  // Whether the picture is right, and whether the kernel has just spoken: if neither is so for long, say it.
  watch(right, spoken = false) {
    right = !!right && !this.waiting;
    if (right || spoken) this.clock = clearTimeout(this.clock);
    if (right) this.age(false);
    else if (this.controls.length) this.clock ??= setTimeout(() => this.age(true), PATIENCE);
  }

  age(old) {
    this.old = old;
    for (const view of this.views) view.say();
  }

  show(frame) {
    if (frame.name == this.shown?.name) return;
    this.shown = frame;
    for (const view of this.views) view.paint(frame);
  }

  // The mouse. The kernel is told one thing at a time; what we know of the place is shown at once.
  point(told, aim) {
    if (told.kind == "drag" && this.queue.at(-1)?.kind == "drag") this.queue.pop();
    this.queue.push(told);
    this.aim = aim;
    this.tell();
    if (aim) this.moved();
    else this.watch(false);
  }

  tell() {
    if (this.waiting) return;
    if (this.waiting = this.queue.shift()) this.model.send(this.waiting);
    else this.aim = "";
  }

  // The key of a place of the mouse in a panel whose controls it writes as they are.
  aimed({ box: [left, top, right, bottom], x, y }, across, down) {
    const places = this.controls.map(place);
    const shares = [[x, (across - left) / (right - left)], [y, (bottom - down) / (bottom - top)]];
    for (const [writes, share] of shares) if (writes && this.controls.length) {
      const [index, from, to] = writes, [steps, last] = counted(this.controls[index], from + share * (to - from));
      places[index] = Math.min(Math.max(Math.floor(steps + 0.5), 0), last);
    }
    return this.key(places);
  }
}

// One place of the page where a figure is shown.
export class View {
  constructor(figure, el) {
    const [width, height] = figure.model.get("size"), id = `gdlib-${Math.random().toString(36).slice(2)}`;
    Object.assign(this, { figure, width, height, scale: 0, under: new OffscreenCanvas(1, 1), left: new AbortController() });
    el.innerHTML = `<div style="position:relative;width:${width}px;max-width:100%">
      <canvas class="gdlib-canvas" role="img" aria-labelledby="${id}"
        style="display:block;width:100%;aspect-ratio:${width}/${height}"></canvas></div>
      <p id="${id}" role="status" style="max-width:${width}px;line-height:1.45;margin:2px 0 8px"
        ><span class="gdlib-old"></span><span class="gdlib-said"></span></p>`;
    [this.box, this.words] = el.children;
    this.canvas = this.box.firstElementChild;
    this.panes = figure.model.get("catches").map((_, which) => this.pane(which));
    this.box.append(...this.panes);
    this.lay = () => this.panes.forEach((pane, which) => this.place(pane, figure.model.get("catches")[which].box));
    this.lay();
    figure.model.on("change:catches", this.lay);
    const fit = new ResizeObserver(() => this.fit());
    const see = new IntersectionObserver(seen => this.near(seen.at(-1).isIntersecting), { rootMargin: "100%" });
    for (const observer of [fit, see]) {
      observer.observe(this.canvas);
      this.left.signal.addEventListener("abort", () => observer.disconnect());
    }
    document.addEventListener("visibilitychange", () => this.near(this.inside), this.left);
    window.addEventListener("keydown", event => this.keep(event), { capture: true, signal: this.left.signal });
    figure.views.add(this);
    this.fit();
  }

  leave() {
    this.left.abort();
    this.figure.model.off("change:catches", this.lay);
    this.figure.views.delete(this);
    this.near(false);
  }

  // The kernel looks ahead only for what can be seen, or nearly.
  near(inside) {
    const { figure } = this, before = figure.near;
    this.inside = inside;
    figure.near = [...figure.views].some(view => view.inside) && !document.hidden;
    if (before != figure.near) figure.model.send({ kind: "near", near: figure.near });
  }

  // Notebook 7 hears keys before a slider does, and would leave the cell: those that move a slider are its own.
  keep({ key, target, ctrlKey, altKey, metaKey }) {
    const ours = /^(Arrow|Page|Home|End)/.test(key) && !(ctrlKey || altKey || metaKey);
    if (this.canvas.closest(".widget-vbox")?.contains(target))
      target.toggleAttribute("data-lm-suppress-shortcuts", ours);
  }

  // As many pixels as the screen has; again when the page is zoomed or made narrow.
  fit() {
    this.canvas.closest(".jp-Notebook")?.classList.add("gdlib-page");  // for canvas.css
    const ratio = window.devicePixelRatio || 1, scale = (this.canvas.clientWidth || this.width) / this.width * ratio;
    if (ratio != this.ratio) {
      this.ratio = ratio;
      const zoomed = matchMedia(`(resolution: ${ratio}dppx)`);
      zoomed.addEventListener("change", () => this.fit(), { once: true, signal: this.left.signal });
    }
    if (scale == this.scale) return;
    this.scale = scale;
    for (const each of [this.canvas, this.under])
      [each.width, each.height] = [this.width, this.height].map(length => Math.round(length * scale));
    this.ground = null;
    this.paint(this.figure.shown);
  }

  paint(frame) {
    const { glyphs } = this.figure, ctx = this.canvas.getContext("2d");
    if (this.ground != frame.ground) {
      const under = this.under.getContext("2d");
      for (const part of frame.still) play(under, part, glyphs, this.scale);
      this.ground = frame.ground;
    }
    ctx.drawImage(this.under, 0, 0);
    for (const part of frame.moving) play(ctx, part, glyphs, this.scale);
    this.say();
  }

  // A screen reader reads what changes, so what does not is left alone.
  say() {
    const { old, shown } = this.figure;
    [old ? SILENCE : "", shown.said].forEach((words, k) => {
      if (this.words.children[k].textContent != words) this.words.children[k].textContent = words;
    });
  }

  // Over a panel that hears the mouse lies a pane, where a finger does not scroll the page.
  pane(which) {
    const pane = document.createElement("div");
    let held = false;
    const tell = (kind, event) => {
      const frame = this.canvas.getBoundingClientRect(), caught = this.figure.model.get("catches")[which];
      const x = (event.clientX - frame.left) / frame.width * this.width;
      const y = (event.clientY - frame.top) / frame.height * this.height;
      const [left, top, right, bottom] = caught.box, inside = left <= x && x <= right && top <= y && y <= bottom;
      if (kind == "drag" && !inside) return;
      const aim = inside && (caught.x || caught.y) ? this.figure.aimed(caught, x, y) : this.figure.aim;
      this.figure.point({ kind, x, y: this.height - y }, aim);
    };
    const release = event => { if (held) tell("release", event); held = false; };
    pane.onpointerdown = event => {
      if (held = !event.button && event.isPrimary) {
        pane.setPointerCapture(event.pointerId);
        tell("press", event);
      }
    };
    pane.onpointermove = event => held && tell("drag", event);
    pane.onpointerup = pane.onpointercancel = release;
    return pane;
  }

  place(pane, [left, top, right, bottom]) {
    const across = part => `${100 * part / this.width}%`, down = part => `${100 * part / this.height}%`;
    pane.style.cssText = `position:absolute;touch-action:none;cursor:crosshair;left:${across(left)};
      width:${across(right - left)};top:${down(top)};height:${down(bottom - top)}`;
  }
}

export default () => {
  let figure;
  return {
    initialize({ model }) {
      figure = new Figure(model);
      figure.listen();
      return () => figure.leave();
    },
    render({ el }) {
      const view = el.gdlib = new View(figure, el);
      return () => view.leave();
    },
  };
};
