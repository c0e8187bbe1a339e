"""The promises of the files that install the course: locks, Binder, make, licence."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ["requirements.lock", "requirements-dev.lock"]
PIN = re.compile(r"(?P<name>[a-z0-9]+(-[a-z0-9]+)*)==(?P<version>[0-9][^\s;]*)( ; (?P<marker>.+))?")


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pyproject():
    return tomllib.loads(text("pyproject.toml"))


@pytest.fixture(scope="module")
def environment():
    return yaml.safe_load(text("environment.yml"))


def names(requirements):
    return {re.match(r"[\w-]+", line).group().lower() for line in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_only_pinned_names(lock):
    lines = text(lock).splitlines()
    odd = [line for line in lines if not PIN.fullmatch(line)]
    assert lines and not odd


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_serves_every_supported_python(lock):
    numpy = [line for line in text(lock).splitlines() if line.startswith("numpy==")]
    markers = {PIN.fullmatch(line)["marker"] for line in numpy}
    assert markers == {"python_full_version < '3.12'", "python_full_version >= '3.12'"} or (
        markers == {None}
    )


def test_the_learners_lock_holds_what_the_course_needs(pyproject):
    project = pyproject["project"]
    wanted = names(project["dependencies"]) | names(project["optional-dependencies"]["lab"])
    assert wanted <= names(text("requirements.lock").splitlines())


def test_the_developers_lock_holds_the_learners_lock_and_the_groups(pyproject):
    # Without the markers: what one platform needs for the lab, all may need for the bench.
    learner, developer = (set(re.findall(r"^\S+==\S+", text(lock), re.M)) for lock in LOCKS)
    assert learner <= developer
    groups = pyproject["dependency-groups"]
    assert names(groups["test"]) | names(groups["bench"]) <= names(developer)


def test_gdlib_itself_is_bounded_from_below_only(pyproject):
    for requirement in pyproject["project"]["dependencies"]:
        assert re.fullmatch(r"[a-z]+>=[0-9.]+", requirement)


def test_an_installation_holds_all_that_a_notebook_imports(pyproject):
    wheel = pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert wheel == ["gdlib", "notebooks/course"]
    assert all((ROOT / package / "__init__.py").exists() for package in wheel)


def test_the_repositorys_address_stands_in_one_place(pyproject):
    address = pyproject["project"]["urls"]["Repository"]
    kinds = ("*.md", "*.toml", "*.cff", "*.yml", "Makefile", "gdlib/*.py", "notebooks/*.ipynb")
    files = [path for kind in kinds for path in ROOT.glob(kind)]
    assert sum(path.read_text("utf-8").count(address) for path in files) == 1
    assert "[project.urls]" in text("README.md")


def test_the_readme_begins_with_the_way_to_the_web_page(pyproject):
    site = pyproject["project"]["urls"]["Homepage"]
    assert re.search(r"\]\((http[^)]*)\)", text("README.md"))[1] == site
    assert text("README.md").count("https://example.org") <= 1  # no other placeholder to forget


def test_binder_gets_one_python_that_gdlib_supports(environment, pyproject):
    python = [d for d in environment["dependencies"] if str(d).startswith("python")]
    # A single `=`: repo2docker reads `python>=3.12` as an old Python.
    assert len(python) == 1 and re.fullmatch(r"python=3\.\d+", python[0])
    floor = re.fullmatch(r">=3\.(\d+)", pyproject["project"]["requires-python"])
    assert int(python[0].split(".")[1]) >= int(floor[1])


def test_binder_installs_gdlib_from_this_folder_and_no_lab_of_its_own(environment):
    assert environment["channels"] == ["conda-forge"]
    python, *others = environment["dependencies"]
    # At the locked versions: what is built next year is what was tested.
    assert others == ["pip", {"pip": ["-c requirements.lock", "-e ."]}]
    for misplaced in ["postBuild", "requirements.txt", "runtime.txt", "binder", ".binder"]:
        assert not (ROOT / misplaced).exists(), f"Binder would read {misplaced} as well"


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_help_names_every_target():
    shown = subprocess.run(
        ["make", "--no-print-directory", "-C", str(ROOT)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    phony = re.search(r"^\.PHONY: (.+)$", text("Makefile"), re.MULTILINE)[1].split()
    defined = re.findall(r"^([a-z][a-z-]*):", text("Makefile"), re.MULTILINE)
    assert sorted(phony) == sorted(defined)
    assert re.findall(r"^  make (\S+) +\S", shown, re.MULTILINE) == defined


def test_one_version_everywhere(pyproject):
    citation = yaml.safe_load(text("CITATION.cff"))
    assert str(citation["version"]) == pyproject["project"]["version"]
    assert citation["license"] == pyproject["project"]["license"]


def test_the_licence_says_what_holds_for_what():
    licence = text("LICENSE")
    for part in ["BSD 3-Clause License", "(CC BY 4.0)", "(CC0)", "Horst AM, Hill AP, Gorman KB"]:
        assert part in licence
