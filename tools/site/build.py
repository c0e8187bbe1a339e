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
from functools import cache
from pathlib import Path
from urllib.parse import quote

import nbformat
import parts
from explored import EXPLORED
from parts import NOTEBOOKS, ROOT
from PIL import Image
from recorded import TRIAL, WHOLE

from gdlib.live import Live
from gdlib.prediction import Predict

HERE = Path(__file__).resolve().parent
HEADING = re.compile(r"<h2 id=\"([^\"]+)\">(.*?)(?:<a class=\"anchor-link\".*?</a>)?</h2>")
OPEN = "Open this notebook live, to run and change its code"
TURN = '<span class="turn">. Turn a phone on its side: the pictures become twice as large.</span>'
MINUTES = re.compile(r"\s*<em>\(.*?\)</em>")
# The section of 00 that tries whether a kernel answers, and what the page says in its place.
TRIES = "## 1 · Does this page move?"
MOVES = f"""{TRIES}

It does: its figures were recorded beforehand, so they need no Python and nothing to install. Where
a setting was not recorded, the figure shows the nearest one that was, and says so. To change the
code, and for the exercises, open the notebook live: the links are at the top."""


def repository():
    """The address of the repository, from the one place where it stands."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"].removesuffix(".git")


# --- one notebook --------------------------------------------------------------------------------


def page(path, site, counts):
    """Write the page of a notebook and its figures.

    Returns a line for each figure, the sections for the search, and the first figure as HTML.
    """
    notebook, name, address = nbformat.read(path, 4), path.stem, repository()
    shown, solved = _shown(notebook), parts.solutions(name)
    body, told, figures, exercise, left_out = [], [], [], None, False
    for k, cell in enumerate(notebook.cells):
        source, value = cell.source, shown.get(k)
        if cell.cell_type == "markdown":
            if left_out and not source.startswith("## "):
                continue
            left_out = source == TRIES
            source = MOVES if left_out else source
            numbers = re.findall(r"^(?:\*\*(\d+)\. |#)", source, re.MULTILINE)
            exercise = (int(numbers[-1]) if numbers[-1] else None) if numbers else exercise
            body.append(parts.prose(source, address))
        elif left_out or not source.strip():
            continue
        elif isinstance(value, Live):
            wanted = _wanted(name[3:], source, value)
            made, line = parts.figure(site, f"{name[:2]}-{k}", value, wanted, counts)
            figures.append(made)
            body += [parts.code(source, folded=True), made]
            told.append(f"{name[:2]} {source.strip().splitlines()[-1][:34]:34} {line}")
            value.close()
        elif isinstance(value, Predict):
            body.append(parts.prediction(f"{name[:2]}-{k}", value))
        else:
            setup = source.startswith("try:\n    from course")
            body += [parts.code(source, folded=setup), *map(parts.output, cell.outputs)]
            if "checks." in source and exercise in solved:
                body.append(parts.solution(solved.pop(exercise), live(name, site)[0][1]))
    text = "\n".join(body)
    title = re.search(r"^# (.*)$", notebook.cells[0].source, re.MULTILINE)[1]
    (site / f"{name}.html").write_text(wrapped(title, text, site, name), encoding="utf-8")
    return told, list(_sections(name, text)), figures[0]


def _shown(notebook):
    """What the cells end with, as values: `{number of the cell: value}`."""
    os.chdir(NOTEBOOKS)
    names, found = {"__name__": "__main__"}, {}
    for k, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        tree, where = ast.parse(cell.source), f"<cell {k}>"
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(tree, where, "exec"), names)
            if last:
                found[k] = eval(compile(ast.Expression(last.value), where, "eval"), names)
    return found


def _wanted(page, source, figure):
    """The presets of the figure that a cell calls, if it has any, and what is explored in it."""
    name = re.fullmatch(r"(?:.*\n)*(?:figures\.)?(\w+)\(.*\)", source.strip())[1]
    maker = getattr(sys.modules.get(figure.run.__module__), name, None)
    return list(getattr(maker, "presets", {}).values()), EXPLORED.get(f"{page}.{name}", ({}, []))


def _sections(name, body):
    """The sections of a page as the search has them."""
    pieces = HEADING.split(body)
    for mark, title, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        plain = html.unescape(re.sub(r"<math.*?</math>|<[^>]*>", " ", text, flags=re.DOTALL))
        title = html.unescape(re.sub(r"<[^>]*>", "", MINUTES.sub("", title)))
        told = {"page": name, "name": _spoken(name), "mark": mark, "title": title}
        yield told | {"text": " ".join(plain.split())}


# --- around it -----------------------------------------------------------------------------------


def wrapped(title, body, site, name=None):
    """A page around a body; `name` is the notebook's, if it is one."""
    names = [path.stem for path in sorted(NOTEBOOKS.glob("*.ipynb"))]
    listed = "".join(
        f'<li{" aria-current=page" * (each == name)}><a href="{each}.html">{_spoken(each)}</a></li>'
        for each in names
    )
    inside = "".join(
        f'<li><a href="#{mark}">{MINUTES.sub("", words)}</a></li>'
        for mark, words in HEADING.findall(body)
    )
    around = ""
    if name:
        at = names.index(name)
        ways = {"← {}": names[:at][-1:], "{} →": names[at + 1 :][:1]}
        around = " · ".join(
            f'<a href="{each}.html">{arrow.format(_spoken(each))}</a>'
            for arrow, some in ways.items()
            for each in some
        )
    links = ", ".join(f'<a href="{to}">{words}</a>' for words, to in live(name or names[0], site))
    opening = f'<p class="live">{OPEN if name else "The notebooks, live"}: {links}{TURN}</p>'
    body = body.replace("</h1>", f"</h1>{opening}", 1)
    filled = {"title": html.escape(title), "body": body, "notebooks": listed, "headings": inside}
    filled["around"] = around
    template = (HERE / "page.html").read_text(encoding="utf-8")
    return re.sub(r"{{ (\w+) }}", lambda match: filled[match[1]], template)


@cache
def _spoken(name):
    """A notebook's number and name, as its title has them before the colon."""
    title = nbformat.read(NOTEBOOKS / f"{name}.ipynb", 4).cells[0].source.splitlines()[0]
    return title.removeprefix("# ").split(":")[0].replace(" ·", "")


def live(name, site):
    """The same notebook with a kernel, (words, address) of each way, the nearest first."""
    address, file = repository(), f"notebooks/{name}.ipynb"
    hub = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)", address)
    where = f"gh/{hub[1]}" if hub else f"git/{quote(address + '.git', safe='')}"
    ways = [("Binder", f"https://mybinder.org/v2/{where}/HEAD?urlpath=lab/tree/{file}")]
    if (site / "lite").exists():  # `make lite` has run
        ways.insert(0, ("in this browser", f"lite/lab/index.html?path={file}"))
    if hub:
        ways += [
            ("Colab", f"https://colab.research.google.com/github/{hub[1]}/blob/HEAD/{file}"),
            ("a zip of all", f"{address}/archive/HEAD.zip"),
        ]
    return [*ways, ("the repository", address)]


def index(first, site):
    """The first page: what the README says first, a figure, and the table of notebooks."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    top = readme[readme.index("\nA course in") : readme.index("\n## ")]
    table = re.search(r"(?:^\|.*\n)+", readme.split("## The notebooks\n")[1], re.MULTILINE)[0]
    top, table = (
        parts.prose(re.sub(r"\]\((diagrams/)", r"](../\1", each), repository())
        for each in (top, table.replace("](notebooks/", "]("))
    )
    hint = "<p>Four valleys from above, and how high the ball still is: <b>drag ρ</b>, its memory, "
    hint += "or click on the map for another start.</p>"
    title = "Gradient descent, hands on"
    body = f"<h1>{title}</h1>{top}{hint}{first}<h2>The notebooks</h2>{table}"
    return wrapped(title, body, site)


def main(names, site, counts):
    """Build the site, two pages at a time, and print a table of sizes."""
    start = time.perf_counter()
    for folder in ("", "frames", "stills"):
        (site / folder).mkdir(parents=True, exist_ok=True)
    for each in ("figure.js", "page.js", "site.css"):
        shutil.copy(HERE / each, site)
    shutil.copy(ROOT / "gdlib/canvas.js", site)
    shutil.copytree(ROOT / "diagrams", site / "diagrams", dirs_exist_ok=True, ignore=_no_scripts)
    for each in (site / "diagrams").glob("*.gif"):
        _last_picture(each).save(each.with_suffix(".png"))
    paths = [Path(name).resolve() for name in names] or sorted(NOTEBOOKS.glob("*.ipynb"))
    sections, first = [], []
    with ProcessPoolExecutor(2) as pool:
        # The last notebooks take longest: begun first, they leave no core without work at the end.
        begun = [pool.submit(page, path, site, counts) for path in reversed(paths)]
        for each in reversed(begun):
            told, found, figure = each.result()
            print(*told, sep="\n", flush=True)
            sections += found
            first.append(figure)
    (site / "index.html").write_text(index(first[0], site), encoding="utf-8")
    (site / "search.json").write_text(json.dumps(sections, ensure_ascii=False), encoding="utf-8")
    lite = site / "lite"
    files = [each for each in site.rglob("*") if each.is_file() and lite not in each.parents]
    sizes = {path: path.stat().st_size for path in files}
    figures = [size for path, size in sizes.items() if path.parent.name == "frames"]
    print(
        f"{len(figures)} figures, {sum(figures) / len(figures) / 1000:.0f} kB in the mean, "
        f"{max(figures) / 1000:.0f} kB at most; all {sum(sizes.values()) / 1e6:.1f} MB, "
        f"{time.perf_counter() - start:.0f} s"
    )


def _last_picture(path):
    """What a moving picture ends with, for who asks for less motion."""
    with Image.open(path) as film:
        film.seek(film.n_frames - 1)
        return film.convert("RGB")


def _no_scripts(folder, names):
    return [name for name in names if name.endswith(".py") or name == "__pycache__"]


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="Write the course as a web page.")
    asked.add_argument("notebooks", nargs="*")
    asked.add_argument("--to", type=Path, default=ROOT / "site")
    asked.add_argument("--trial", action="store_true", help="a few frames of each figure only")
    given = asked.parse_args()
    main(given.notebooks, given.to.resolve(), TRIAL if given.trial else WHOLE)
