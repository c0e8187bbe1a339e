// A live figure without a kernel: controls by HTML's own means, frames from a file. The picture is
// canvas.js, as in the notebook; what it asks a kernel there is answered here from what was recorded.
import { Figure, View } from "./canvas.js";

// What canvas.js wants of a widget's model: get, set, on, off and send.
class Model {
  constructor(values) { this.values = values; this.listeners = []; }
  get(name) { return this.values[name]; }
  set(name, value) {
    if (this.values[name] === value) return;
    this.values[name] = value;
    for (const [events, heard] of [...this.listeners])
      if (events.split(" ").includes(`change:${name}`)) heard();
  }
  on(events, heard) { this.listeners.push([events, heard]); }
  off(events, heard) { this.listeners = this.listeners.filter(([e, h]) => e != events || h != heard); }
}

// The blocks of a file of frames, each as soon as it has come: what it tells, and its bytes.
async function* blocks(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  const reader = answer.body.pipeThrough(new DecompressionStream("gzip")).getReader();
  let have = new Uint8Array(0);
  const take = async count => {
    while (have.length < count) {
      const { done, value } = await reader.read();
      if (done) return null;
      const more = new Uint8Array(have.length + value.length);
      more.set(have);
      more.set(value, have.length);
      have = more;
    }
    const taken = have.slice(0, count);
    have = have.subarray(count);
    return taken;
  };
  for (let number = 0, size; size = await take(4);) {
    const told = JSON.parse(new TextDecoder().decode(await take(new Uint32Array(size.buffer)[0])));
    const counts = told.parts.map(Math.abs), glyphs = told.glyphs ?? [], sum = [...counts, ...glyphs].reduce((a, b) => a + b, 0);
    const bytes = await take(sum);
    let at = 0;
    for (const count of told.parts) {
      if (count < 0) summed(bytes.subarray(at, at - count));
      at += Math.abs(count);
    }
    yield { ...told, parts: counts.map(count => [number++, count]), glyphs: [0, ...glyphs], data: new DataView(bytes.buffer) };
  }
}

// Undoes `differences` of recorded.py, in place.
function summed(bytes) {
  const n = bytes.length / 2, words = new Uint16Array(n);
  for (let k = 0; k < n; k++) words[k] = (bytes[k] | bytes[n + k] << 8) + (k > 1 ? words[k - 2] : 0);
  for (let k = 0; k < n; k++) [bytes[2 * k], bytes[2 * k + 1]] = [words[k] & 255, words[k] >> 8];
}

const span = ({ shown }) => Math.max(shown.length - 1, 1);

class Recorded {
  constructor(box, first) {
    Object.assign(this, { box, controls: first.controls, known: new Map() });
    this.start = first.start.split(",").map(Number);
    this.places = [...this.start];
    this.wishes = [...this.start];
    this.models = this.controls.map((control, k) => new Model({ ...control, _options_labels: true, index: this.start[k] }));
    this.model = new Model({ size: first.size, catches: first.catches, controls: [...this.models.keys()], player: "", whole: first });
    this.model.widget_manager = { get_model: async k => this.models[k] };
    this.model.send = told => this.told(told);
    this.figure = new Figure(this.model);
    this.learn(first);
  }

  learn({ frames }) {
    for (const [key] of frames) this.known.set(key, key.split(",").map(Number));
  }

  hear(told) {
    this.figure.hear(told, [told.data]);
    this.learn(told);
  }

  async begin() {
    await this.figure.listen();
    this.figure.show(this.figure.frames.get(this.start.join()));
    this.note = this.box.querySelector(".note");
    this.inputs = this.controls.map((_, k) => this.bound(k));
    for (const button of this.box.querySelectorAll("button")) this.press(button);
    this.box.addEventListener("keydown", () => { this.stepping = true; }, true);
    this.box.addEventListener("pointerdown", () => { this.stepping = false; }, true);
    const place = document.createElement("div");
    this.view = new View(this.figure, place);
    this.box.querySelector(".still").replaceWith(place);
    for (const each of this.box.querySelectorAll("[disabled]")) each.disabled = false;
  }

  // Move one control, or several. What all were moved to is remembered, so that a control which gave
  // way comes back as soon as it can. Shown is the nearest setting that was recorded.
  move(wanted) {
    for (const [k, at] of wanted) this.wishes[k] = at;
    const found = this.known.has(this.wishes.join()) ? [...this.wishes] : this.nearest(wanted);
    if (this.stepping) for (const [k] of wanted) this.wishes[k] = found[k];
    this.places = found;
    this.models.forEach((model, k) => model.set("index", found[k]));
    this.inputs.forEach((input, k) => this.shown(input, k, found[k]));
    const gave = this.controls.flatMap((control, k) => {
      const { label, shown } = control, [is, wish] = [found[k], this.wishes[k]];
      const slight = k == wanted[0]?.[0] ? span(control) / 40 : 0; // of the slider in hand
      return Math.abs(is - wish) > slight ? [`${label} ${shown[is]} in place of ${shown[wish]}`] : [];
    });
    this.note.textContent = gave.length ? `The nearest setting that was recorded for this page: ${gave.join(", ")}.` : "";
  }

  // What was chosen, a landscape say, stays; a slider reaches its ends; a step by a key or a button
  // goes on, along a run in the same run. Of all other settings the nearest is taken, where the
  // slider in hand counts twice: it is to move.
  nearest(wanted) {
    const those = (some, kept) => some.some(kept) ? some.filter(kept) : some;
    let some = those([...this.known.values()], each => this.controls.every(({ kind }, j) => kind != "choice" || each[j] == this.wishes[j]));
    if (wanted.length == 1) {
      const [[k, at]] = wanted, from = this.places[k];
      if (at == 0 || at == span(this.controls[k])) some = those(some, each => each[k] == at);
      else if (this.stepping) some = those(some, each => (each[k] - from) * (at - from) > 0);
      if (this.stepping && this.controls[k].name == "step") some = those(some, each => each.every((place, j) => j == k || place == this.places[j]));
    }
    const weights = this.wishes.map((_, k) => (wanted.some(([moved]) => moved == k) ? 2 : 1) / span(this.controls[k]));
    let best, least = Infinity;
    for (const each of some) {
      let far = 0;
      for (let k = 0; k < each.length && far < least; k++) far += weights[k] * Math.abs(each[k] - this.wishes[k]);
      if (far < least) [best, least] = [each, far];
    }
    return best;
  }

  // What canvas.js tells a kernel: a press or a drag has an aim, which the page found by itself.
  told({ kind }) {
    if (kind == "near") return;
    const { aim } = this.figure;
    queueMicrotask(() => {
      this.figure.waiting = null;
      this.figure.aim = "";
      if (aim && kind != "release") {
        const to = aim.split(",").map(Number);
        this.move(to.map((at, k) => [k, at]).filter(([k, at]) => at != this.places[k]));
      } else if (kind == "press") this.note.replaceChildren("Nothing was recorded for this click. It needs ", notebook.cloneNode(true), ".");
      this.figure.tell();
    });
  }

  // The inputs of a control stand on the page already: a slider, or the buttons of a choice.
  bound(k) {
    const inputs = [...this.box.querySelectorAll(`[data-k="${k}"] input`)];
    for (const input of inputs)
      input.addEventListener("input", () => this.move([[k, +input.value]]));
    return inputs;
  }

  shown(inputs, k, at) {
    if (inputs[0].type == "radio") return void (inputs[at].checked = true);
    const [input] = inputs, words = this.controls[k].shown[at];
    input.value = at;
    input.setAttribute("aria-valuetext", words);
    input.nextElementSibling.textContent = words;
  }

  press(button) {
    const k = this.controls.length - 1, last = this.controls[k].shown.length - 1;
    const by = step => () => this.step(k, step, last);
    button.onclick = { back: by(-1), next: by(1), play: () => this.play(button, k, last), reset: () => this.move(this.start.map((at, k) => [k, at])) }[button.dataset.do];
  }

  step(k, by, last) {
    this.stepping = true;
    this.move([[k, Math.min(Math.max(this.places[k] + by, 0), last)]]);
  }

  // A whole run takes ten seconds or less; for who asks for less motion, a step a second.
  play(button, k, last) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const pause = calm ? 1000 : Math.max(33, Math.min(500, 10000 / Math.max(last, 1)));
    const pace = Math.max(1, Math.round(last * pause / 10000));
    const stop = () => { this.clock = clearInterval(this.clock); button.textContent = "▶ play"; };
    if (this.clock) return stop();
    if (this.places[k] == last) this.move([[k, 0]]);
    button.textContent = "⏸ pause";
    this.clock = setInterval(() => {
      const before = this.places[k];
      if (before < last) this.step(k, pace, last);
      if (this.places[k] == before) stop();
    }, pause);
  }
}

const notebook = Object.assign(document.createElement("a"), {
  href: document.querySelector(".live a").href, textContent: "the notebook, live" });

async function enliven(box) {
  for await (const told of blocks(box.dataset.frames)) {
    if (box.gdlib) box.gdlib.hear(told);
    else await (box.gdlib = new Recorded(box, told)).begin();
  }
}

// Each figure is fetched when it comes near the window.
const near = new IntersectionObserver(seen => {
  for (const { isIntersecting, target } of seen) if (isIntersecting) {
    near.unobserve(target);
    enliven(target).catch(error => { target.querySelector(".note").textContent = `It stays still: ${error.message}`; });
  }
}, { rootMargin: "100% 0px" });
for (const box of document.querySelectorAll(".figure[data-frames]")) near.observe(box);
