"""Every row of the ledger is taught on its page, in text, experiment or exercise.

For each row, words or code of the page that stand where it is taught: whoever drops the place, or
what it shows, has to say here where the row is taught instead.
"""

from functools import cache
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"

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
    "C49": "The **target**, the true mass for each flipper length, is known at the data only.",
    "C50": "A loss must be differentiable, a metric need not be.",
    "C55": "the ½ is a courtesy: it cancels a 2",
    "C56": "take half the square of the error",
    "C65": "The lowest loss makes the fewest mistakes.",
    "C66": "its **parameters**",
    "C71": "One cannot solve for the minimum: too many parameters.",
    "C72": "The number is no obstacle",
    "C73": "finding the global minimum is provably intractable",
    "C74": "Often training is stopped well before any minimum",
    "C87": "the global one is local, too; and several may share the lowest height",
    "C89": "It is a half-open one",
    "C90": "46 080 times over",
    "C91": "**Not coins.**",
    "C93": "a zero gradient proves it",
    "C95": "More parameters than needed made *bad* places rarer here.",
    "M4": "explore.zero_slope()",
    "E1.1": "explore.guessing()",
    "E1.2": "predict.guess_or_descend()",
    "E1.3": "explore.tilt()",
    "E1.10": "predict.egg_box()",
    "E1.11": "explore.random_curvatures()",
    "E1.12": "exactly half of its critical points are saddles",
    "E1.13": "explore.cuts()",
    "E1.14": "nets.xor_losses(",
    "E1.16": "landscapes.critical_points(land)",
    "fog": "explore.fog(",
    "X1.1": "check.largest_tilt(",
    "X1.2": "check.smallest_dimension(",
    "X1.3": "check.egg_box(",
    "X1.4": "check.kinds(",
    "X1.5": "check.no_minimiser(",
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
    "M6": "explore.units()",
    "E2.1": "explore.step_size()",
    "E2.2": "explore.compass()",
    "E2.3": "landscapes.crease()",
    "E2.8": "a *random* direction",
    "E2.9": "predict.zero_hunter()",
    "E2.10": "beside the minimum",
    "E2.11": "class Number:",
    "X2.1": "check.gradient(",
    "X2.2": "check.step_size(",
    "X2.3": "check.direction(",
    "X2.4": "check.chain_rule(",
}

TAUGHT_03 = {
    "C12": "each step goes down if lr is below $2/L$",
    "C15": "the global minimum, at 1.036, for b and c",
    "C16": "From 0.183 on, a hops into the *global* minimum",
    "C17": "(a *strict* one) does not trap, it *delays*",
    "C18": "Even a maximum throws you off",
    "C19": "no learning rate makes sure of the global minimum",
    "C20": "The learning rate picks the flat minimum, not the deep one.",
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
    "C69": "explore.stopping()",
    "C70": "../diagrams/learning_rates.gif",
    "C75": "landscapes.three_pits()",
    "C76": r"$$w \leftarrow w - \alpha \, \nabla f(w)$$",
    "C77": '"while True" needs one',
    "C78": '"larger is faster" holds only up to',
    "C79": "explore.regimes()",
    "C80": "a **schedule**",
    "C81": "ten times smaller means ten times slower",
    "C82": "the **learning rate** (`lr`)",
    "C85": "of 2000 steps go uphill",
    "C86": "At 0.24, c goes downhill all the way, into the worse minimum.",
    "C88": "it creeps in from one side and never crosses",
    "C92": "Down to the pass, a long wait, and away.",
    "C94": "Random restarts make sure that you find the global minimum.",
    "M1": "predict.hole()",
    "M2": "Does it always go downhill?",
    "M3": "predict.overshoot()",
    "M4": "Flat spots do trap",
    "M5": "predict.escape()",
    "E3.5": "descend(gd, well.grad, [0.3], 300, lr=0.24)",
    "E3.22": "landscapes.cliff()",
    "X3.1": "check.one_step(",
    "X3.2": "check.largest_lr(",
    "X3.3": "check.loses_only_c(",
    "X3.4": "check.ravine_steps(",
    "X3.5": "check.escape_time(",
}

TAUGHT_04 = {
    "C46": "explore.flicker()",
    "C80": "explore.schedules()",
    "C97": "A mini-batch does not save a single parameter",
    "C98": "how many there are is the **batch size** B",
    "C99": "the mini-batch gradient is **unbiased**",
    "C100": "Does it go downhill?",
    "C101": "explore.frequency()",
    "C102": "From a saddle it need not: any noise at all",
    "C103": "explore.floor()",
    "M7": "predict.thrown_out()",
    "E4.1": "explore.noise()",
    "E4.2": "predict.uphill()",
    "E4.3": "predict.copies()",
    "E4.4": "theory.noise_floor(lr, single, size)",
    "E4.5": '"0.1/(1 + k/100)": lambda k: 0.1 / (1 + k / 100)',
    "E4.6": "regression.made_up(noise=0)",
    "E4.7": "for rows in (regression.minibatch, regression.epochs):",
    "E4.8": "model=regression.wave)",
    "E4.9": "sampling.tilted(dip, 4, 1,",
    "E4.9b": "explore.dip()",
    "E4.10": "sampling.tilted(saddle, tilt, 1,",
    "X4.1": "check.ten_times_quieter(",
    "X4.2": "check.largest_lr(",
    "X4.3": "check.smallest_batch(",
    "X4.4": "check.escape(",
    "X4.5": "check.schedule(",
}


PAGES = {
    "01_loss_landscapes": TAUGHT_01,
    "02_gradients": TAUGHT_02,
    "03_gradient_descent": TAUGHT_03,
    "04_stochastic_gradient_descent": TAUGHT_04,
}
ROWS = [(page, row, words) for page, rows in PAGES.items() for row, words in rows.items()]


@cache
def text(page):
    """All cells of a notebook."""
    cells = nbformat.read(FOLDER / f"{page}.ipynb", as_version=4).cells
    return "\n\n".join(cell.source for cell in cells)


@pytest.mark.parametrize(("page", "row", "words"), ROWS, ids=[f"{p[:2]}-{r}" for p, r, _ in ROWS])
def test_the_row_is_taught_on_the_page(page, row, words):
    assert words in text(page)
