"""What a page is made of: prose, code, figures, predictions, solutions; each as HTML."""

import ast
import base64
import html
import io
import os
import re
import time
from pathlib import Path

from latex2mathml.converter import convert
from nbconvert.filters import Highlight2HTML, markdown2html
from PIL import Image
from recorded import recorded

ROOT = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = ROOT / "notebooks"
CODE = re.compile(r"(`+).+?\1", re.DOTALL)
MATH = re.compile(r"\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", re.DOTALL)
# The sign of a prime is high already: in a superscript it would be raised twice.
PRIMES = re.compile(r"<msup>(<mi>\w</mi>)<mi>(&#x0203[2-4];)</mi></msup>")
# What a notebook says of its cells, and what is so on the page.
HERE = {
    r"Run the cells [a-z ]+ with Shift \+ Enter": "Figures and predictions work on this page",
    "click its three dots to open it": "click *code* to open it",
    "Each cell runs as it stands, with a wrong answer in it. Change the answer, run it again": (
        "Each one runs as it stands, with a wrong answer in it. *Do it live* opens the notebook: "
        "change the answer there, run the cell"
    ),
}


# --- text ----------------------------------------------------------------------------------------


def prose(source, repository):
    """A markdown cell: formulas as MathML, links to where things are here."""
    for there, here in HERE.items():
        source = re.sub(there, here, source)
    kept = []

    def keep(match):
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    def link(match):
        return f'{match[1]}="{_address(match[2], repository)}"'

    source = MATH.sub(_formula, CODE.sub(keep, source))
    source = re.sub("\0(\\d+)\0", lambda match: kept[int(match[1])], source)
    text = re.sub(r'(href|src)="([^"#][^"]*)"', link, markdown2html(source))
    return re.sub(r'<img src="(diagrams/[^"]*)"', _sized, text)


def _sized(match):
    """A picture that waits until it is near the window, in a place as large as it will be."""
    path = ROOT / match[1]
    if path.suffix == ".svg":
        points = re.findall(r'(?:width|height)="([\d.]+)pt"', path.read_text(encoding="utf-8"))
        width, height = (round(float(each) * 4 / 3) for each in points[:2])
    else:
        width, height = Image.open(path).size
    return f'{match[0]} loading="lazy" width="{width}" height="{height}"'


def _formula(match):
    if match["block"]:
        formula = convert(match["block"].replace("\n", " "), display="block")
    else:
        formula = convert(match["inline"])
    return PRIMES.sub(r"<mrow>\1<mo lspace='0' rspace='0'>\2</mo></mrow>", formula)


def _address(target, repository):
    """Where a notebook's link leads to from the page."""
    if re.match(r"[a-z]+:", target):
        return target
    if target.endswith(".ipynb"):
        return f"{target.removesuffix('.ipynb')}.html"
    if target.startswith("../diagrams/"):
        return target.removeprefix("../")
    return f"{repository}/blob/HEAD/{os.path.relpath(NOTEBOOKS / target, ROOT)}"


def code(source, folded=False):
    """Code, folded where a cell only shows what it calls."""
    shown = Highlight2HTML()(source, language="python")
    return f"<details class=code><summary>code</summary>{shown}</details>" if folded else shown


def output(stored):
    """What a cell printed, or what it returned; a check's sentence is wrapped by the page."""
    data = stored.get("data", {})
    if "image/png" in data:
        file = data["image/png"].replace("\n", "")
        width, height = Image.open(io.BytesIO(base64.b64decode(file))).size
        return (
            f'<img src="data:image/png;base64,{file}" width="{width}" height="{height}" '
            'alt="The picture that this code draws.">'
        )
    text = stored.get("text") or data.get("text/plain", "")
    if text.startswith(("✓", "✗")):
        text = text.replace("\n  ", " ")
    return f'<pre class="output">{html.escape(text)}</pre>'


# --- exercises -----------------------------------------------------------------------------------


def solutions(notebook):
    """A notebook's worked solutions: `{number of the exercise: code}`; the rule has number None."""
    file = NOTEBOOKS / f"course/{notebook[3:]}/solutions.py"
    lines = file.read_text(encoding="utf-8").splitlines()
    number, found, end = None, {}, 0
    for node in ast.parse("\n".join(lines)).body:
        begin = next(k for k in range(end, node.lineno) if lines[k].strip())
        end = node.end_lineno
        if isinstance(node, ast.Import | ast.Expr):  # an Expr is the module's docstring
            continue
        told = re.search(r"Exercise (\d+)\.", "\n".join(lines[begin : node.lineno + 1]))
        number = int(told[1]) if told else number
        found[number] = found.get(number, (begin,))[0], end
    return {number: "\n".join(lines[slice(*where)]) for number, where in found.items()}


def solution(source, live):
    """A worked solution, folded, and the way to try one's own."""
    return (
        f'<p class="try"><a href="{live}">Do it live</a></p><details class="solution">'
        f"<summary>a solution</summary>{code(source)}</details>"
    )


# --- figures -------------------------------------------------------------------------------------


def figure(site, name, live, wanted, counts):
    """A live figure: its controls, its still picture until there are frames, and a line on both."""
    start, said = time.perf_counter(), live.readout
    _still(live, site / "stills" / f"{name}.png")
    data, about, keys = recorded(live, *wanted, counts)
    (site / "frames" / f"{name}.bin").write_bytes(data)
    width, height = about["size"]
    told = f"{len(keys):5} frames {len(data) / 1000:6.0f} kB "
    told += f"{time.perf_counter() - start:5.1f} s"
    picture = (
        f'<img src="stills/{name}.png" alt="{html.escape(said, quote=True)}" width="{width}" '
        f'height="{height}" loading="lazy"><figcaption>{html.escape(said)}</figcaption>'
    )
    made = (
        f'<figure class="figure" id="f{name}" data-frames="frames/{name}.bin">{_form(name, about)}'
        f'<div class="still">{picture}</div><p class="note" role="status"></p></figure>'
    )
    return made, told


def _still(live, path):
    """The picture alone: its sentence stands below it as text."""
    with io.BytesIO() as file, live._drawing():
        live.fig.savefig(file, dpi=150, format="png")
        picture = Image.open(file).convert("RGB")
    picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2).save(path, optimize=True)


def _form(name, about):
    """The controls as HTML has them, at rest until the frames have come."""
    start = [int(place) for place in about["start"].split(",")]
    each = [
        _control(name, k, *of) for k, of in enumerate(zip(about["controls"], start, strict=True))
    ]
    again = _button("reset", "↺ reset", "Back to how the figure began")
    if about["controls"][-1]["name"] == "step":
        ways = _button("back", "◀ back", "One step back")
        ways += _button("play", "▶ play", "Play the steps")
        ways += _button("next", "next ▶", "One step forward")
        each[-1] = f'<div class="timeline">{ways}{each[-1]}{again}</div>'
        again = ""
    return f'<form class="controls" onsubmit="return false">{"".join(each)}{again}</form>'


def _control(name, k, control, at):
    label, shown = html.escape(control["label"]), control["shown"]
    if control["kind"] == "choice":
        options = "".join(
            f'<label><input type="radio" name="{name}-{k}" value="{j}" disabled'
            f"{' checked' * (j == at)}>{html.escape(words)}</label>"
            for j, words in enumerate(shown)
        )
        return f'<fieldset data-k="{k}"><legend>{label}</legend>{options}</fieldset>'
    return (
        f'<label data-k="{k}"><span>{label}</span><input type="range" min="0" '
        f'max="{len(shown) - 1}" value="{at}" aria-valuetext="{shown[at]}" disabled>'
        f"<output>{shown[at]}</output></label>"
    )


def _button(do, words, tip):
    return f'<button type="button" data-do="{do}" title="{tip}" disabled>{words}</button>'


# --- predictions ---------------------------------------------------------------------------------


def prediction(name, ask):
    """A question to commit to: its answer is in the page, folded where scripts do not run."""
    kind = "radio" if ask.choices else "text"
    asked = (
        "".join(
            f'<label><input type="radio" name="{name}" value="{k}"> {html.escape(str(each))}'
            "</label>"
            for k, each in enumerate(ask.choices or ())
        )
        or f'<label>a number <input type="text" name="{name}" inputmode="decimal"></label>'
    )
    answer = ask.choices.index(ask.answer) if ask.choices else ask.answer
    words = ask._repr_mimebundle_()["text/plain"].rpartition("\nAnswer: ")[2]
    return (
        f'<form class="predict" data-kind="{kind}" data-answer="{answer}" '
        f'data-tolerance="{ask.tolerance}"><p><b>Predict.</b> {html.escape(ask.question)}</p>'
        f'<div>{asked}</div><button type="submit">Commit</button>'
        f"<details><summary>Decide first, then open the answer</summary>{html.escape(words)}"
        '</details><p role="status"></p></form>'
    )
