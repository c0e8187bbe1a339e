"""Write the course as a web page whose figures move without a kernel: `make site`.

    python tools/site/build.py [--to FOLDER] [--trial] [NOTEBOOK ...]

What stands in the notebooks as text and output is taken as it is stored. Each cell is run as well,
for the live figures and the predictions that it shows.
"""

import argparse
import ast
import contextlib
import html
import io
import json
import os
import re
import shutil
import sys
import time
import tomllib
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import quote

import nbformat
from latex2mathml.converter import convert
from nbconvert.filters import Highlight2HTML, markdown2html
from PIL import Image
from recorded import TRIAL, WHOLE, recorded

from gdlib.live import Live
from gdlib.prediction import Predict

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NOTEBOOKS = ROOT / "notebooks"
CODE = re.compile(r"(`+).+?\1", re.DOTALL)
MATH = re.compile(r"\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", re.DOTALL)
# The sign of a prime is high already: in a superscript it would be raised twice.
PRIMES = re.compile(r"<msup>(<mi>\w</mi>)<mi>(&#x0203[2-4];)</mi></msup>")
HEADING = re.compile(r"<h2 id=\"([^\"]+)\">(.*?)(?:<a class=\"anchor-link\".*?</a>)?</h2>")


def repository():
    """The address of the repository, from the one place where it stands."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"].removesuffix(".git")


# --- one notebook --------------------------------------------------------------------------------


def page(path, site, counts):
    """Write the page of a notebook and its figures; a line for each, and its sections."""
    notebook, name = nbformat.read(path, 4), path.stem
    shown, parts, told = _shown(notebook), [], []
    for k, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            parts.append(_prose(cell.source))
            continue
        live = shown.get(k)
        if isinstance(live, Live):
            figure, line = _figure(
                site, f"{name[:2]}-{k}", live, _presets(cell.source, live), counts
            )
            parts += [_code(cell.source, folded=True), figure]
            told.append(f"{name[:2]} {_call(cell.source):34} {line}")
            live.close()
        elif isinstance(live, Predict):
            parts.append(_prediction(f"{name[:2]}-{k}", live))
        elif cell.source.strip():
            parts += [_code(cell.source), *map(_output, cell.outputs)]
    body = "\n".join(parts)
    title = re.search(r"^# (.*)$", notebook.cells[0].source, re.MULTILINE)[1]
    (site / f"{name}.html").write_text(_wrapped(title, body, name), encoding="utf-8")
    return told, list(_sections(name, body))


def _shown(notebook):
    """What the cells show that is live: `{number of the cell: a Live or a Predict}`."""
    os.chdir(NOTEBOOKS)
    names, found = {"__name__": "__main__"}, {}
    for k, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        tree = ast.parse(cell.source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(tree, path_of(k), "exec"), names)
            if last:
                value = eval(compile(ast.Expression(last.value), path_of(k), "eval"), names)
                if isinstance(value, Live | Predict):
                    found[k] = value
    return found


def path_of(cell):
    """What an error names in place of a file."""
    return f"<cell {cell}>"


def _call(source):
    return source.strip().splitlines()[-1][:34]


def _presets(source, live):
    """The presets of the figure that a cell calls, if it has any."""
    called = re.fullmatch(r"figures\.(\w+)\(.*\)", source.strip())
    if not called:
        return []
    module = sys.modules.get(live.run.__module__)
    return list(getattr(getattr(module, called[1], None), "presets", {}).values())


# --- its parts -----------------------------------------------------------------------------------


def _prose(source):
    """A markdown cell as HTML: formulas as MathML, links to where things are here."""
    kept = []

    def keep(match):
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    source = CODE.sub(keep, source)
    source = MATH.sub(_formula, source)
    source = re.sub("\0(\\d+)\0", lambda match: kept[int(match[1])], source)
    return re.sub(r'(href|src)="([^"#][^"]*)"', _link, markdown2html(source))


def _formula(match):
    if match["block"]:
        formula = convert(match["block"].replace("\n", " "), display="block")
    else:
        formula = convert(match["inline"])
    return PRIMES.sub(r"<mrow>\1<mo lspace='0' rspace='0'>\2</mo></mrow>", formula)


def _link(match):
    kind, target = match.groups()
    if re.match(r"[a-z]+:", target):
        return match[0]
    if target.endswith(".ipynb"):
        return f'{kind}="{target.removesuffix(".ipynb")}.html"'
    if target.startswith("../diagrams/"):
        return f'{kind}="{target.removeprefix("../")}"'
    inside = os.path.relpath(NOTEBOOKS / target, ROOT)
    return f'{kind}="{repository()}/blob/HEAD/{inside}"'


def _code(source, folded=False):
    shown = Highlight2HTML()(source, language="python")
    return f"<details class=code><summary>code</summary>{shown}</details>" if folded else shown


def _output(output):
    text = output.get("text") or output.get("data", {}).get("text/plain", "")
    return f'<pre class="output">{html.escape(text)}</pre>'


def _figure(site, name, live, presets, counts):
    """A live figure: its controls, its still picture until there are frames, and a line on both."""
    start, said = time.perf_counter(), live.readout
    _still(live, site / "stills" / f"{name}.png")
    data, meta = recorded(live, presets, counts)
    (site / "frames" / f"{name}.bin").write_bytes(data)
    count = len(meta["frames"])
    width, height = meta["size"]
    told = f"{count:5} frames {len(data) / 1000:6.0f} kB {time.perf_counter() - start:5.1f} s"
    picture = (
        f'<img src="stills/{name}.png" alt="{html.escape(said, quote=True)}" width="{width}" '
        f'height="{height}" loading="lazy"><figcaption>{html.escape(said)}</figcaption>'
    )
    figure = (
        f'<figure class="figure" id="f{name}" data-frames="frames/{name}.bin">{_form(name, meta)}'
        f'<div class="still">{picture}</div><p class="note" role="status"></p></figure>'
    )
    return figure, told


def _still(live, path):
    """The picture alone: its sentence stands below it as text."""
    with io.BytesIO() as file, live._drawing():
        live.fig.savefig(file, dpi=150, format="png")
        picture = Image.open(file).convert("RGB")
    picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2).save(path, optimize=True)


def _form(name, meta):
    """The controls as HTML has them, at rest until the frames have come."""
    start = [int(place) for place in meta["start"].split(",")]
    each = [
        _control(name, k, *of) for k, of in enumerate(zip(meta["controls"], start, strict=True))
    ]
    again = _button("reset", "↺ reset", "Back to how the figure began")
    if meta["controls"][-1]["name"] == "step":
        ways = _button("back", "◀ back", "One step back") + _button(
            "play", "▶ play", "Play the steps"
        )
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


def _prediction(name, ask):
    """A question to commit to: its answer is in the page, folded where scripts do not run."""
    kind = "radio" if ask.choices else "text"
    asked = (
        "".join(
            f'<label><input type="radio" name="{name}" value="{k}">{html.escape(str(each))}</label>'
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


# --- the whole -----------------------------------------------------------------------------------


def _wrapped(title, body, name=None):
    """A page around a body; `name` is the notebook's, if it is one."""
    names = [path.stem for path in sorted(NOTEBOOKS.glob("*.ipynb"))]
    listed = "".join(
        f'<li{" aria-current=page" * (each == name)}><a href="{each}.html">{_spoken(each)}</a></li>'
        for each in names
    )
    inside = "".join(f'<li><a href="#{mark}">{words}</a></li>' for mark, words in _headings(body))
    around = ""
    if name:
        at = names.index(name)
        ways = {"← ": names[at - 1 : at], "→ ": names[at + 1 : at + 2]}
        around = " · ".join(
            f'<a href="{each}.html">{arrow}{_spoken(each)}</a>'
            for arrow, many in ways.items()
            for each in many
        )
    filled = {"title": html.escape(title), "body": body, "notebooks": listed, "headings": inside}
    filled |= {"around": around, "live": _live(name or "00_start_here")}
    template = (HERE / "page.html").read_text(encoding="utf-8")
    return re.sub(r"{{ (\w+) }}", lambda match: filled[match[1]], template)


def _spoken(name):
    words = name[3:].replace("_", " ").replace("rmsprop", "RMSProp")
    return f"{name[:2]} {words[0].upper()}{words[1:]}"


def _headings(body):
    return HEADING.findall(body)


def _live(name):
    """Links to the same notebook with a kernel: Binder, Colab, and all of it to take home."""
    address, file = repository(), f"notebooks/{name}.ipynb"
    hub = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)", address)
    where = f"gh/{hub[1]}" if hub else f"git/{quote(address + '.git', safe='')}"
    links = {"Binder": f"https://mybinder.org/v2/{where}/HEAD?urlpath=lab/tree/{file}"}
    if hub:
        links["Colab"] = f"https://colab.research.google.com/github/{hub[1]}/blob/HEAD/{file}"
        links["all of it as a zip"] = f"{address}/archive/HEAD.zip"
    links["the repository"] = address
    return ", ".join(f'<a href="{to}">{words}</a>' for words, to in links.items())


def _sections(name, body):
    """The sections of a page as the search has them."""
    parts = HEADING.split(body)
    for mark, title, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        plain = html.unescape(re.sub(r"<math.*?</math>|<[^>]*>", " ", text, flags=re.DOTALL))
        title = html.unescape(re.sub(r"<[^>]*>", "", title))
        yield {"page": name, "mark": mark, "title": title, "text": " ".join(plain.split())}


def _index():
    """The first page: what the README says first, and its table of notebooks."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    top, table = readme.split("\n## ")[0], readme.split("## The notebooks\n")[1].split("\n\n")[1]
    text = f"{top}\n\n{table}".replace("](notebooks/", "](").replace(
        "](diagrams/", "](../diagrams/"
    )
    return _wrapped("The course", _prose(text))


def main(names, site, counts):
    """Build the site, two pages at a time, and print a table of sizes."""
    start = time.perf_counter()
    for folder in ("", "frames", "stills"):
        (site / folder).mkdir(parents=True, exist_ok=True)
    for each in ("figure.js", "page.js", "site.css"):
        shutil.copy(HERE / each, site)
    shutil.copy(ROOT / "gdlib/canvas.js", site)
    shutil.copytree(ROOT / "diagrams", site / "diagrams", dirs_exist_ok=True, ignore=_no_scripts)
    paths = [Path(name).resolve() for name in names] or sorted(NOTEBOOKS.glob("*.ipynb"))
    sections = []
    with ProcessPoolExecutor(2) as pool:
        for told, found in pool.map(partial(page, site=site, counts=counts), paths):
            print(*told, sep="\n", flush=True)
            sections += found
    (site / "index.html").write_text(_index(), encoding="utf-8")
    (site / "search.json").write_text(json.dumps(sections, ensure_ascii=False), encoding="utf-8")
    sizes = {path: path.stat().st_size for path in site.rglob("*") if path.is_file()}
    figures = [size for path, size in sizes.items() if path.parent.name == "frames"]
    print(
        f"{len(figures)} figures, {sum(figures) / len(figures) / 1000:.0f} kB in the mean, "
        f"{max(figures) / 1000:.0f} kB at most; all {sum(sizes.values()) / 1e6:.1f} MB, "
        f"{time.perf_counter() - start:.0f} s"
    )


def _no_scripts(folder, names):
    return [name for name in names if name.endswith(".py") or name == "__pycache__"]


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="Write the course as a web page.")
    asked.add_argument("notebooks", nargs="*")
    asked.add_argument("--to", type=Path, default=ROOT / "site")
    asked.add_argument("--trial", action="store_true", help="a few frames of each figure only")
    given = asked.parse_args()
    main(given.notebooks, given.to.resolve(), TRIAL if given.trial else WHOLE)
