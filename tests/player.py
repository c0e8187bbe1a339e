"""A page without Jupyter that plays frames: canvas.js in Chromium, with models made of thin air.

What the kernel would send is handed over when the test says so, and so is what the page says: the
network is the test's.
"""

import base64
import io
from pathlib import Path

import numpy as np
from PIL import Image

import gdlib.canvas

SCRIPT = Path(gdlib.canvas.__file__).with_suffix(".js")
SETUP = """
window.bytes = text => {
    const raw = Uint8Array.from(atob(text), c => c.charCodeAt(0));
    return new DataView(raw.buffer);
};
window.model = state => ({
    state, heard: {}, sent: [], sends: 0,
    get(name) { return this.state[name]; },
    set(name, value) {
        const changes = typeof name === 'object' ? name : { [name]: value };
        for (const [key, now] of Object.entries(changes)) {
            if (this.state[key] === now) continue;
            this.state[key] = now;
            this.tell(`change:${key}`);
        }
    },
    save_changes() { this.sends++; },
    send(content) { this.sent.push(content); },
    on(names, action) { for (const n of names.split(' ')) (this.heard[n] ??= []).push(action); },
    off(names, action) {
        for (const n of names.split(' '))
            this.heard[n] = (this.heard[n] ?? []).filter(each => each !== action);
    },
    tell(name, ...what) { for (const action of [...(this.heard[name] ?? [])]) action(...what); },
});
"""
OPEN = """async ([script, state, whole, data, controls]) => {
    const module = await import(script);
    window.play = module.play;
    window.controls = controls.map(model);
    window.player = model({ value: 0, step: 1, playing: false, interval: 100 });
    const names = Object.fromEntries(window.controls.map((each, k) => [`${k}`, each]));
    window.canvas = model({ ...state, whole: { ...whole, data: bytes(data) } });
    window.canvas.widget_manager = {
        get_model: async id => id === 'player' ? window.player : names[id],
    };
    window.widget = module.default();
    window.leave = widget.initialize({ model: window.canvas });
    window.places = [];
    await new Promise(resolve => setTimeout(resolve));
    window.render = async () => {
        const el = document.createElement('div');
        document.body.append(el);
        places.push([el, await widget.render({ model: window.canvas, el })]);
    };
    await render();
}"""
TRAITS = ("value", "min", "max", "step", "base", "_options_labels", "index")


def encoded(data):
    return base64.b64encode(data).decode()


class Player:
    """A figure's canvas on a page: `Player(page, live)`."""

    def __init__(self, page, live):
        self.page, self.live, self.inbox = page, live, []
        live.canvas.send = lambda content, buffers: self.inbox.append((content, buffers))
        page.goto("about:blank")
        page.set_content("<body style='margin:0'></body>")
        page.evaluate(SETUP)
        whole = live.canvas._whole()
        state = {
            "size": live.canvas.size,
            "catches": live.canvas.catches,
            "controls": [str(k) for k in range(len(live.controls))],
            "player": "player" if live.canvas.player else "",
        }
        script = "data:text/javascript;base64," + encoded(SCRIPT.read_bytes())
        controls = [state_of(widget) for widget in live.controls.values()]
        data = encoded(whole.pop("data"))
        page.evaluate(OPEN, [script, state, whole, data, controls])

    def deliver(self):
        """Let the page have what the kernel has sent; how many messages it was."""
        count = len(self.inbox)
        for content, [data] in self.inbox:
            said = [content, encoded(data)]
            self.page.evaluate(
                "([told, data]) => canvas.tell('msg:custom', told, [bytes(data)])", said
            )
        self.inbox.clear()
        return count

    def move(self, **values):
        """Move controls on the page, as a hand does; the kernel is not told."""
        for name, value in values.items():
            index = list(self.live.controls).index(name)
            key = "index" if hasattr(self.live.controls[name], "index") else "value"
            self.page.evaluate(
                "([index, key, value]) => controls[index].set(key, value)", [index, key, value]
            )

    def sync(self):
        """Put the page's controls where the kernel has moved them."""
        self.move(
            **{
                name: widget.index if hasattr(widget, "index") else widget.value
                for name, widget in self.live.controls.items()
            }
        )

    def said(self):
        """The sentence below the picture."""
        return self.page.locator(".gdlib-said").first.text_content()

    def old(self, which=0):
        """What the page says before the sentence while the picture is an old one."""
        return self.page.locator(".gdlib-old").nth(which).text_content()

    def kept(self):
        """What the page has counted: answers from kept frames, questions, bytes."""
        return self.page.evaluate(
            "() => { const f = places[0][0].gdlib.figure;"
            " return { ...f.counts, bytes: f.bytes, frames: f.frames.size }; }"
        )

    def pixels(self, which=0):
        """The picture, `(height, width, 3)`."""
        url = self.page.locator(".gdlib-canvas").nth(which).evaluate("c => c.toDataURL()")
        return picture(url)

    def drawn(self, ratio, *parts):
        """What parts alone look like, on white."""
        width, height = self.live.canvas.size
        url = self.page.evaluate(
            """([width, height, ratio, parts]) => {
                const canvas = new OffscreenCanvas(width * ratio, height * ratio);
                const page = document.createElement('canvas');
                [page.width, page.height] = [width * ratio, height * ratio];
                const ctx = page.getContext('2d'), { glyphs } = places[0][0].gdlib.figure;
                ctx.fillStyle = 'white';
                ctx.fillRect(0, 0, page.width, page.height);
                for (const part of parts)
                    play(ctx, new Int16Array(bytes(part).buffer), glyphs, ratio);
                return page.toDataURL();
            }""",
            [width, height, ratio, [encoded(part) for part in parts]],
        )
        return picture(url)


def state_of(widget):
    """What the page knows of a control."""
    state = {name: getattr(widget, name) for name in TRAITS if hasattr(widget, name)}
    if "_options_labels" in state:
        state.pop("value")
        state["_options_labels"] = list(state["_options_labels"])
    return state


def picture(url):
    data = base64.b64decode(url.split(",")[1])
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
