"""Every row of the ledger is taught on its page, in text, experiment or exercise.

For each row, words or code of the page that stand where it is taught: whoever drops the place, or
what it shows, has to say here where the row is taught instead. The cell that holds the words has
the row's id as a tag; from these tags CLAIMS.md is written (`make claims`).
"""

import sys
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))
import claims  # noqa: E402

CLAIMS = [f"C{k:02}" for k in range(1, 143)]
BELIEFS = [f"M{k}" for k in range(1, 11)]
VERDICTS = {"true", "true with conditions", "loose", "wrong", "a definition"}

TAUGHT_01 = {
    "C02": "Every model has an ideal set of parameters.",
    "C03": "three random starts end in three different perfect fits",
    "C04": "The lowest training loss is what we *measure*",
    "C05": "infinitely many lines to choose from",
    "C06": "worse than winning the lottery five times running",
    "C07": "**global minimum**: no height anywhere is lower",
    "C08": "a *first-order* method, it knows slopes",
    "C09": "a, b and c are three places to start from",
    "C10": "all one can feel is the ground underfoot",
    "C13": "And |x|? A minimum *without* slope zero",
    "C14": "Zero slope is necessary for a minimum of a smooth curve, and far from sufficient.",
    "C25": "Every pair $(\\theta_0, \\theta_1)$ is a line",
    "C26": 'a "3-D landscape" belongs to a model with two parameters',
    "C27": "A random cut that looks like a bowl does not show a minimum.",
    "C49": "The **target**, the mass that was measured, is known at the data only.",
    "C50": "A loss must be differentiable, a metric need not be.",
    "C55": "the ½ is a courtesy: it cancels a 2",
    "C56": "take half the square of the error",
    "C65": "The lowest loss makes the fewest mistakes.",
    "C66": "its **parameters**",
    "C71": "One cannot solve for the minimum: too many parameters.",
    "C72": "A thousand are no obstacle",
    "C73": "Finding the global minimum is *NP-hard*",
    "C74": "Often training is stopped well before any minimum",
    "C87": "the global one is local, too; and several may share the lowest height",
    "C89": "It is a half-open one",
    "C90": "46,080 times over",
    "C91": "**The height decides.**",
    "C93": "a zero gradient proves it",
    "C95": "More parameters than needed made *bad* places rarer here.",
    "M4": "figures.zero_slope()",
    "E1.1": "theory.hit_chance(d, 0.2)",
    "E1.2": "predictions.guess_or_descend()",
    "E1.3": "figures.tilt()",
    "E1.4": "landscapes.softplus()",
    "E1.5": "powers = np.vander(x, 5, increasing=True)",
    "E1.5b": "46,080 times over",
    "E1.6": "Polynomial.fit(x, y, degree)",
    "E1.7": "regression.loss_surface(x, y).minima[:, 0], np.array([0, 0.1])",
    "E1.8": "def mistakes(w):",
    "E1.9": "figures.zero_slope()",
    "E1.10": "predictions.egg_box()",
    "E1.11": "figures.random_curvatures()",
    "E1.11b": "25, 12, 6 and 3 % of the critical points are minima",
    "E1.12": "exactly half of its critical points are saddles",
    "E1.13": "figures.cuts()",
    "E1.14": "../diagrams/xor_width.svg",
    "E1.15": "np.linalg.solve(features.T @ features",
    "E1.16": "*Himmelblau* has nine critical points",
    "fog": "figures.fog(",
    "X1.1": "checks.largest_tilt(",
    "X1.2": "checks.smallest_dimension(",
    "X1.3": "checks.egg_box(",
    "X1.4": "checks.kinds(",
    "X1.5": "checks.no_minimiser(",
}

TAUGHT_02 = {
    "C01": "part 1 brings it back",
    "C08": "A slope says what a height cannot",
    "C11": "It is the other way round: the limit of the secants' slopes comes first",
    "C24": "With one parameter, the gradient is a list with one number in it, the derivative.",
    "C28": "the gradient points the *steepest way up*, and its length *is* that steepest slope",
    "C29": "**directional derivative**",
    "C30": "the slope that was *measured* in every direction",
    "C31": "**Partial derivatives alone are not enough.**",
    "C32": "In practice the numerical gradient is never computed",
    "C33": "It is found by **automatic differentiation**",
    "C34": "The gradient is the vector that represents it",
    "C35": "Both together, in the order of the parameters, are the **gradient**",
    "C36": "the tangent is the line that has that slope",
    "C37": 'It is the slope along one axis, *not* "the derivative of the slope"',
    "C38": "That is another thing: the **differential**",
    "C39": "should read $f_x(x, y)$",
    "C40": 'since "del" is what ∇ is called',
    "C41": "the operator that makes the gradient",
    "C42": "one entry for each **parameter**, not for each row or column of the **data**",
    "C43": "4 neurons and 13 parameters",
    "C45": "To make the gradient zero is not the aim.",
    "C47": "is the steepest way down *here*",
    "C54": "The line $\\hat y = \\theta_0 + \\theta_1 x$",
    "C57": "by the *data* the sign is the other one",
    "C58": "**L by θ₁**",
    "C59": "it gives 18 where −3 is right",
    "C61": "the only way in which the data act on the line: through the gradient",
    "C67": "They point *up*",
    "C83": "The bias is weight 0",
    "C84": "Why 1 and not 10?",
    "C141": "in code often `dx` or `dw`",
    "M6": "figures.units()",
    "E2.1": "figures.step_size()",
    "E2.2": "figures.compass()",
    "E2.2c": "With a vector twice as long",
    "E2.3": "landscapes.crease()",
    "E2.4": "numerical(loss, np.zeros(2), h=0.5)",
    "E2.6": "has 4 neurons and 13 parameters",
    "E2.7": "features = np.column_stack([np.ones(len(x)), x])",
    "E2.8": "a *random* direction",
    "E2.9": "predictions.zero_hunter()",
    "E2.10": "beside the minimum",
    "E2.11": "class Number:",
    "X2.1": "checks.gradient(",
    "X2.2": "checks.step_size(",
    "X2.3": "checks.direction(",
    "X2.4": "checks.chain_rule(",
}

TAUGHT_03 = {
    "C12": "each step goes down if lr is below $2/L$",
    "C15": "the global minimum, at 1.036, for b and c",
    "C16": "From 0.183 on, a hops into the *global* minimum",
    "C17": "(a *strict* one) does not trap, it *delays*",
    "C18": "Even a maximum throws you off",
    "C19": "no learning rate makes sure of the global minimum",
    "C20": "A learning rate shuts out every minimum sharper than",
    "C21": "overshooting is no failure",
    "C23": "A blindfolded walker",
    "C44": "move against the slope",
    "C45": "The aim is to make the derivative zero.",
    "C46": "The point moves, the curve does not.",
    "C48": "So what gradient descent finds is *a place with zero gradient*",
    "C51": "for step in range",
    "C52": "It only works where the loss is differentiable.",
    "C53": 'That is less than "a minimum"',
    "C60": "Update θ₁, then θ₀.",
    "C62": "α is a *hyperparameter*",
    "C63": "Start at random.",
    "C64": "a good guess saves time",
    "C68": "A step is *learning rate × slope*.",
    "C69": "figures.stopping()",
    "C70": "../diagrams/learning_rates.gif",
    "C75": "landscapes.three_pits()",
    "C76": r"$$w \leftarrow w - \alpha \, \nabla f(w)$$",
    "C77": '"while True" needs one',
    "C78": '"larger is faster" holds only up to',
    "C79": "figures.regimes()",
    "C80": "a **schedule**",
    "C81": "ten times smaller means ten times slower",
    "C82": "the **learning rate** (`lr`)",
    "C85": "of 2000 steps go uphill",
    "C86": "At 0.24, c goes downhill all the way, into the worse minimum.",
    "C88": "it creeps in from one side and never crosses",
    "C92": "Down to the pass, a long wait, and away.",
    "C94": "Random restarts make sure that you find the global minimum.",
    "M1": "predictions.hole()",
    "M2": "Does it always go downhill?",
    "M3": "predictions.overshoot()",
    "M4": "Flat spots do trap",
    "M5": "predictions.escape()",
    "E3.1": "figures.regimes()",
    "E3.2": "of 2000 steps go uphill",
    "E3.2a": "At 0.24, c goes downhill all the way",
    "E3.3": "figures.starting_points()",
    "E3.3b": "from 0.219 on, c ends in the *local* one",
    "E3.3c": "at 0.01, 0.05 and 0.1 it is the global minimum",
    "E3.4": "From 0.226 to 0.283 no start in the map",
    "E3.5": "hops for ever between 0.8790 and 1.1429",
    "E3.6": "figures.dip()",
    "E3.6c": "below 0.0637 at depth 8, where losing it ruins you",
    "E3.7": "figures.basins()",
    "E3.8": "landscapes.three_pits()",
    "E3.9": "figures.ravine()",
    "E3.9a": "ten times smaller means ten times slower",
    "E3.10": "figures.stopping()",
    "E3.12": "descend(gd, np.sign, [1.3686], 1000, lr=0.3)",
    "E3.13": "figures.ridge()",
    "E3.14": "of 10,000 are stuck",
    "E3.14c": "From a ten-thousandth beside the top",
    "E3.15": "figures.flat()",
    "E3.16": "the moves shrink, because the slope does",
    "E3.18": "def one_after_the_other(w, g, memory, *, lr):",
    "E3.19": "for shift in (0, 3, 10):",
    "E3.20": "egg_box = landscapes.rastrigin(d)",
    "E3.21": "def train(W, b, v, c):",
    "E3.22": "landscapes.cliff()",
    "E3.23": "regression.loss_surface(x[:100], y[:100]).minima",
    "X3.1": "checks.one_step(",
    "X3.2": "checks.largest_lr(",
    "X3.3": "checks.loses_only_c(",
    "X3.4": "checks.ravine_steps(",
    "X3.5": "checks.escape_time(",
}

TAUGHT_04 = {
    "C46": "figures.flicker()",
    "C80": "figures.schedules()",
    "C97": "a step of gradient descent costs all rows",
    "C98": "how many there are is the **batch size** B",
    "C99": "the mini-batch gradient is **unbiased**",
    "C100": "Does it go downhill?",
    "C101": "figures.frequency()",
    "C102": "From a saddle it need not: any noise at all",
    "C103": "figures.floor()",
    "M7": "predictions.deep_and_narrow()",
    "E3.14b": "Even the round-off of the computer would do",
    "E4.1": "figures.noise()",
    "E4.2": "predictions.uphill()",
    "E4.3": "predictions.copies()",
    "E4.4": "figures.floor()",
    "E4.5": "figures.schedules()",
    "E4.6": "regression.made_up(noise=0)",
    "E4.7": "for rows in (regression.minibatch, regression.epochs):",
    "E4.8": "figures.frequency()",
    "E4.9": "the same noise has carried most runs",
    "E4.9b": "figures.dip()",
    "E4.9c": "carried most runs *into* the narrow dip",
    "E4.10": "sampling.tilted(saddle, tilt, 1,",
    "X4.1": "checks.ten_times_quieter(",
    "X4.2": "checks.largest_lr(",
    "X4.3": "checks.smallest_batch(",
    "X4.4": "checks.escape(",
    "X4.5": "checks.schedule(",
}

TAUGHT_05 = {
    "C22": "True of momentum, the better the smaller lr is.",
    "C104": "Momentum at the same lr ends ten times higher than SGD.",
    "C105": "It keeps you going in the same direction.",
    "C106": "vx = rho * v_x + dx",
    "C107": "v starts at 0, and so the first step is gradient descent's",
    "C108": "v is called the **velocity**, ρ the **momentum coefficient**",
    "C109": "though ρ is the share that is kept",
    "C110": "On a ravine the best ρ is a matter of κ.",
    "C111": "What ρ < 1 does is to bring it to rest. And it does let steps grow",
    "C112": "The *weight* of the newest gradient is 1, at every step. Its *share* is 10 % only",
    "C113": "What has been remembered must be forgotten before the ball can turn",
    "C114": "a start exactly on the ridge stays, with momentum too",
    "C115": "So momentum leaves a minimum only if enough is left",
    "C116": "it settles *in the first valley that it cannot leave*",
    "C117": "With Polyak's setting you are on the safe side.",
    "C118": "Then every step is $\\frac{\\text{lr}}{1 - \\rho}$ times the gradient",
    "M8": "Momentum at the same lr ends ten times higher than SGD",
    "M9": "predictions.hole()",
    "E5.1": "on the third step it is 37 %, on the tenth 15 %",
    "E5.1c": "predictions.terminal_speed()",
    "E5.2": "figures.dialects()",
    "E5.3": "w = w - v_x * lr",
    "E5.4": "predictions.turning()",
    "E5.5": "for kappa in (10, 100, 1000):",
    "E5.6": "for lr in (3.79, 3.81):",
    "E5.7": "for rho in (0, 0.2, 0.4, 0.5, 0.6, 0.8, 0.9, 0.99):",
    "E5.8": "figures.roll()",
    "E5.8c": "At depth 8 gradient descent ends at −3.637, the best there is,",
    "E5.8d": "for lr in (0.001, 0.005, 0.01, 0.05):",
    "E5.9": "descend(momentum, saddle.grad, [1, 1e-8], 500, lr=0.05",
    "E5.9b": "arrive(momentum, flat.grad, [start], 20_000, lr=0.1",
    "E5.10": "expected = theory.noise_spread(lr, 1, rho)",
    "E5.11": "descend(momentum, land.grad, [2, 0.2], 60, lr=lr, rho=rho)",
    "E5.12": "slope(w):  # curvature 25 up to 1, then 1 up to 2, then 25",
    "E5.13": "valley.f(descend(momentum, valley.grad, valley.start, 16_000, lr=0.001, rho=rho))",
    "E5.14": "v = 1.0 * v + slope(w)",
    "E5.15": '"of 60 steps go uphill"',
    "E5.16": "same_times = ball[:: round((lr / 1e-8) ** 0.5)]",
    "E5.18": "arrive(momentum, hills.grad, [0, 0], 3000, lr=lr, rho=rho)",
    "X5.1": "checks.terminal_step(",
    "X5.2": "checks.smallest_rho(",
    "X5.3": "checks.ravine_steps(",
    "X5.4": "checks.average_lr(",
    "X5.5": "checks.loses_the_hole(",
}

TAUGHT_06 = {
    "C118": "it gives each coordinate a learning rate of its own",
    "C119": "It is another mechanism. Both can be put together (Graves 2013)",
    "C120": "Gradient descent had no learning rate that was good for both.",
    "C121": "**Adaptation belongs to the axes.**",
    "C122": "*Root Mean Square* is what the first letters of the name stand for",
    "C123": "All of it is done coordinate by coordinate",
    "C124": "That can throw you off a good place",
    "C125": "a running average of the squares of the slopes",
    "C126": "It adds all squares up, and forgets none.",
    "C127": "The newest square alone does not dominate, with 10 %.",
    "C128": "The factor 1 − ρ keeps s from growing.",
    "C129": "All weights come to 1 after a while, that is.",
    "C130": "Squares make the loudest louder.",
    "C131": "only the sign of the gradient is left: *sign descent*",
    "C132": "*However steep the slope is*: in g/√s it cancels.",
    "C133": 'So it is not "small steps where it is steep, large ones where it is flat".',
    "C134": "It takes smaller steps where the gradient is volatile.",
    "C135": "It smooths the descent.",
    "C136": "ε keeps the division alive",
    "C137": "1e−8 inside acts like 1e−4 outside",
    "C138": "longer while slopes grow, shorter while they shrink.**",
    "C139": "It is the better optimizer.",
    "C140": "On a saddle, from 1e−12 beside the ridge, it is the other way round",
    "C141": "| | ρ is called | ε | their defaults |",
    "M10": "predictions.on_the_cliff()",
    "E5.1a": "weights = 0.1 * 0.9 ** np.arange(300)",
    "E6.1": "predictions.speed_on_a_slope()",
    "E6.2": "figures.units()",
    "E6.3": "figures.turned()",
    "E6.4": "figures.wobble()",
    "E6.4b": "find a size of ε that brings the ball to rest.",
    "E6.5": "valley.f(descend(rmsprop, valley.grad, valley.start, 12_000, lr=lr, rho=0.9))",
    "E6.6": "figures.plateau()",
    "E6.6a": "on a steady slope of 1e-5, with ε = 1e-8",
    "E6.6b": "np.array([0.0, 2.0]), 0.0, lr=0.1, rho=0.9, eps=0)",
    "E6.6c": "The plateau is so flat at the start",
    "E6.7": "figures.cliff()",
    "E6.8": "figures.shadow()",
    "E6.9": "AdaGrad comes 0.62 far in 1000 steps, and RMSProp 10.09",
    "E6.10": "w = w - 0.01 * g / (s + 1e-8)",
    "E6.11": "def one_for_all(w, g, s, *, lr, rho):",
    "E6.12": "descend(rmsprop, dip.grad, [-5.0], 2000, lr=lr, rho=0.9)",
    "E6.13": "descend(rule, saddle.grad, [1, 1e-12], 1000, lr=0.05",
    "E6.14": "def skewed(w):",
    "E6.15": "descend(rmsprop, bowl.grad, [0.001], 3, lr=0.01, rho=rho)",
    "E6.16": "Every coordinate moves by lr, at every step (unless its slope is exactly 0).",
    "E6.17": "line = regression.loss_surface(x + 3, y)",
    "E6.20": "s = 0.9 * s + 1**2",
    "E6.21": "for sigma in (0, 1, 3, 10):",
    "E6.22": "return 1e-10 * rng.standard_normal(w.shape)",
    "E6.23": "sides = y[1:] * y[:-1] < 0",
    "X6.1": "checks.first_step(",
    "X6.2": "checks.wobble(",
    "X6.3": "checks.eps_that_stops(",
    "X6.4": "checks.smallest_angle(",
    "X6.5": "checks.scaled(",
}

# What stands in several cells of a page has words for each, in their order.
TAUGHT_07 = {
    "C140": (
        "With 0.01 for all, gradient descent is first. With 0.001 it is momentum, with 0.1 it is",
        "Choose *ravine*, and Adam is first most often",
        "there need not be a best optimizer",
        'stages = {"Himmelblau": (0, 0)',
        "Which one wins is decided by",
        "for course in checks.courses():",
    ),
    "E6.18": ("Each of the four wins somewhere.", "checks.needed(rule, name, where, 5000"),
    "E6.12b": "for rho, lr in ((0.9, 0.1), (0.99, 0.1), (0.99, 0.2)):",
}


PAGES = {
    "01_loss_landscapes": TAUGHT_01,
    "02_gradients": TAUGHT_02,
    "03_gradient_descent": TAUGHT_03,
    "04_stochastic_gradient_descent": TAUGHT_04,
    "05_momentum": TAUGHT_05,
    "06_rmsprop": TAUGHT_06,
    "07_race": TAUGHT_07,
}
ROWS = [(page, row, words) for page, rows in PAGES.items() for row, words in rows.items()]


@cache
def tagged(page):
    """The cells of a notebook that have a tag, each up to where the next section begins."""
    cells = nbformat.read(ROOT / "notebooks" / f"{page}.ipynb", as_version=4).cells
    return [
        (cell.metadata.tags, cell.source.split("\n## ")[0])
        for cell in cells
        if cell.metadata.get("tags")
    ]


@pytest.mark.parametrize(("page", "row", "words"), ROWS, ids=[f"{p[:2]}-{r}" for p, r, _ in ROWS])
def test_a_cell_of_the_page_for_each_of_the_words_has_the_row_as_a_tag_and_teaches_it(
    page, row, words
):
    sources = [source for tags, source in tagged(page) if row in tags]
    for each, source in zip([words] if isinstance(words, str) else words, sources, strict=True):
        assert each in source


@pytest.mark.parametrize("path", claims.NOTEBOOKS, ids=lambda path: path.stem)
def test_a_page_has_no_tag_but_its_rows(path):
    tags = [tag for tags, _ in tagged(path.stem) for tag in tags]
    assert {*tags} == {*PAGES.get(path.stem, {})}


def test_the_ledger_is_complete_and_in_order():
    assert list(claims.ROWS) == CLAIMS + BELIEFS
    for row, each in claims.ROWS.items():
        [how] = each.keys() - {"told"}
        assert how in (("verdict", "left_out") if row in CLAIMS else ("seen",))
    assert {each["verdict"] for each in claims.ROWS.values() if "verdict" in each} == VERDICTS


def test_a_claim_is_taught_or_left_out_with_a_reason():
    taught = {place.row for place in claims.places()}
    for row, each in claims.ROWS.items():
        assert (row in taught) != bool(each.get("left_out")), row


def test_a_row_is_found_in_the_section_in_which_its_cell_begins(tmp_path):
    cells = [new_markdown_cell("# Page"), new_code_cell("1"), new_markdown_cell("text\n\n## Two")]
    cells += [new_code_cell("## no heading"), new_markdown_cell("## Three *(3 min)*\n\n## Four")]
    for row, cell in enumerate(cells):
        cell.metadata.tags = [f"C{row}"]
    nbformat.write(new_notebook(cells=cells), tmp_path / "08_page.ipynb")
    found = claims.places([tmp_path / "08_page.ipynb"])
    assert [place.row for place in found] == ["C0", "C1", "C2", "C3", "C4"]
    assert [place.section for place in found] == ["Opening", "Opening", "Opening", "Two", "Three"]
    assert {place.page for place in found} == {"08"}


def test_the_table_of_claims_is_that_of_now():
    written = claims.TABLE.read_text(encoding="utf-8")
    assert written == claims.page(claims.places()), "run `make claims`"
