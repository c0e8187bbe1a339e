"""Every row of the ledger for notebook 03 is taught on its page, in text, experiment or exercise.

For each row, words or code of the page that stand where it is taught: whoever drops the place, or
what it shows, has to say here where the row is taught instead.
"""

from pathlib import Path

import nbformat
import pytest

PAGE = Path(__file__).resolve().parent.parent / "notebooks" / "03_gradient_descent.ipynb"

TAUGHT = {
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


@pytest.fixture(scope="module")
def page():
    return "\n\n".join(cell.source for cell in nbformat.read(PAGE, as_version=4).cells)


@pytest.mark.parametrize(("row", "words"), TAUGHT.items(), ids=TAUGHT)
def test_the_row_is_taught_on_the_page(page, row, words):
    assert words in page
