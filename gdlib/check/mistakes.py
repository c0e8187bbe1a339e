"""What known mistakes make of an update rule: `{the rule's name: {what to say: wrong rule}}`.

A rule here is `m = memory(m, g, lr, rho)`, then `w - step(g, m, lr, rho)`. Each line shows the part
that is wrong; the right parts stand by their names.
"""

import numpy as np


def _rule(memory, step, point=np.subtract):
    def rule(w, g, m, *, lr, rho=None):
        m = memory(m, g, lr, rho)
        return point(w, step(g, m, lr, rho)), m

    return rule


def _turned_round(memory, step):
    def rule(w, g, m, *, lr, rho):
        m = memory(m, g, lr, rho)
        return m, w - step(g, m, lr, rho)

    return rule


def _with_the_old(memory, step):
    def rule(w, g, m, *, lr, rho):
        return w - step(g, m, lr, rho), memory(m, g, lr, rho)

    return rule


def _usual(memory, step):
    """The mistakes that can be made with any rule, of its right parts."""
    return {
        "Nothing moves: the new w is the old one.": _rule(memory, step, lambda w, step: w),
        "The sign is wrong: the gradient points uphill.": _rule(memory, step, np.add),
        "The learning rate is missing.": _rule(memory, lambda g, m, lr, rho: step(g, m, 1, rho)),
        "Multiply by the learning rate, do not divide.": (
            _rule(memory, lambda g, m, lr, rho: step(g, m, 1 / lr, rho))
        ),
        "This is the step; the new point is w minus it.": _rule(memory, step, lambda w, step: step),
        "This is minus the step; add it to w.": _rule(memory, step, lambda w, step: -step),
    }


# --- gradient descent ----------------------------------------------------------------------------


def _nothing(m, g, lr, rho):
    return m


def _slope(g, m, lr, rho):
    return lr * g


_GD = _usual(_nothing, _slope) | {
    "Only the sign of the gradient is used; its size belongs in the step.": (
        _rule(_nothing, lambda g, m, lr, rho: lr * np.sign(g))
    )
}

# --- momentum, and Nesterov's --------------------------------------------------------------------


def _sum(v, g, lr, rho):
    return rho * v + g


def _ball(g, v, lr, rho):
    return lr * v


def _ahead(g, v, lr, rho):
    return lr * (g + rho * v)


def _with_a_wrong_v(step):
    return {
        "ρ is missing: this v never forgets.": _rule(lambda v, g, lr, rho: v + g, step),
        "This v is an average, since 1 − ρ stands before g; here it is a sum.": (
            _rule(lambda v, g, lr, rho: rho * v + (1 - rho) * g, step)
        ),
        "ρ and 1 − ρ are swapped, and a sum needs no 1 − ρ at all.": (
            _rule(lambda v, g, lr, rho: (1 - rho) * v + rho * g, step)
        ),
        "1 − ρ is what v loses at each step; what does it keep?": (
            _rule(lambda v, g, lr, rho: (1 - rho) * v + g, step)
        ),
        "ρ stands at the gradient; it belongs to the old v.": (
            _rule(lambda v, g, lr, rho: v + rho * g, step)
        ),
        "ρ takes from the new gradient as well; it belongs to the old v alone.": (
            _rule(lambda v, g, lr, rho: rho * (v + g), step)
        ),
        "The old v comes in with the wrong sign.": _rule(lambda v, g, lr, rho: g - rho * v, step),
        "The learning rate comes in twice, in v and in the step.": (
            _rule(lambda v, g, lr, rho: rho * v + lr * g, step)
        ),
    }


def _step_remembered(w, g, v, *, lr, rho):
    step = g + rho * (rho * v + g)
    return w - lr * step, step


_MOMENTUM = _usual(_sum, _ball) | {
    "The order is wrong: return the new w first, then v.": _turned_round(_sum, _ball),
    "The step is made with the old v: first the new v, then the step.": _with_the_old(_sum, _ball),
    "Nothing is remembered, this is gradient descent. Is the old v in the new one, is the step "
    "made with v, and is it the new v that you return?": _rule(lambda v, g, lr, rho: g, _ball),
    "The gradient comes in twice: it is in v already.": (
        _rule(_sum, lambda g, v, lr, rho: lr * (v + g))
    ),
    "lr and rho are swapped.": (
        _rule(lambda v, g, lr, rho: lr * v + g, lambda g, v, lr, rho: rho * v)
    ),
    "This is Nesterov's momentum, which looks ahead; the heavy ball goes along v.": (
        _rule(_sum, _ahead)
    ),
    **_with_a_wrong_v(_ball),
}

_NESTEROV = _usual(_sum, _ahead) | {
    "The order is wrong: return the new w first, then v.": _turned_round(_sum, _ahead),
    # With the old v, g + ρ·v is the new one: the heavy ball again.
    "This is the path of the heavy ball. Is ρ·v in the step, and is it the new v there?": (
        _rule(_sum, _ball)
    ),
    "This is gradient descent: v is not in the step.": _rule(_sum, _slope),
    "Nothing is remembered. Is the old v in the new one, and is it the new v that you return?": (
        _rule(lambda v, g, lr, rho: g, _ahead)
    ),
    "The memory that you return is g + ρ·v; return v itself.": _step_remembered,
    "In the step ρ is missing before v.": _rule(_sum, lambda g, v, lr, rho: lr * (g + v)),
    "In the step g is missing.": _rule(_sum, lambda g, v, lr, rho: lr * rho * v),
    "The learning rate belongs to all of the step, to ρ·v as well as to g.": (
        _rule(_sum, lambda g, v, lr, rho: lr * g + rho * v)
    ),
    **_with_a_wrong_v(_ahead),
}

# --- RMSProp -------------------------------------------------------------------------------------

EPS = 1e-8


def _average(s, g, lr, rho):
    return rho * s + (1 - rho) * g**2


def _by_root(g, s, lr, rho):
    return lr * g / np.sqrt(s + EPS)


def _by_root_with(eps):
    return _rule(_average, lambda g, s, lr, rho: lr * g / np.sqrt(s + eps))


_RMSPROP = _usual(_average, _by_root) | {
    "The order is wrong: return the new w first, then s.": _turned_round(_average, _by_root),
    "The step is made with the old s: first the new s, then the step.": (
        _with_the_old(_average, _by_root)
    ),
    "The root is missing: s is made of squares.": (
        _rule(_average, lambda g, s, lr, rho: lr * g / (s + EPS))
    ),
    "Divide by the root, do not multiply.": (
        _rule(_average, lambda g, s, lr, rho: lr * g * np.sqrt(s + EPS))
    ),
    "In the step g is squared; it is s alone that holds squares.": (
        _rule(_average, lambda g, s, lr, rho: lr * g**2 / np.sqrt(s + EPS))
    ),
    "This is gradient descent: s is not in the step.": _rule(_average, _slope),
    "ε stands outside the root, as in PyTorch. That is RMSProp, too, and nearly the same where it "
    "is not flat; here ε stands inside.": (
        _rule(_average, lambda g, s, lr, rho: lr * g / (np.sqrt(s) + EPS))
    ),
    "ε is missing: where all gradients were 0, you divide by 0.": _by_root_with(0),
    "Nearly: the ε of Keras is 1e-7, here it is 1e-8.": _by_root_with(1e-7),
    "The past is not in s. Is the old s in the new one, and is it the new s that you return?": (
        _rule(lambda s, g, lr, rho: (1 - rho) * g**2, _by_root)
    ),
    "Only the last g² is in s, so that only the sign of g is left in the step.": (
        _rule(lambda s, g, lr, rho: g**2, _by_root)
    ),
    "In s the gradient is not squared.": (
        _rule(lambda s, g, lr, rho: rho * s + (1 - rho) * g, _by_root)
    ),
    "s averages the size of g; it is the square that belongs there.": (
        _rule(lambda s, g, lr, rho: rho * s + (1 - rho) * np.abs(g), _by_root)
    ),
    "This s is a leaky sum of squares; what makes it an average?": (
        _rule(lambda s, g, lr, rho: rho * s + g**2, _by_root)
    ),
    "This s adds up all squares and forgets none, as in AdaGrad.": (
        _rule(lambda s, g, lr, rho: s + g**2, _by_root)
    ),
    "ρ is missing before the old s.": _rule(lambda s, g, lr, rho: s + (1 - rho) * g**2, _by_root),
    "ρ and 1 − ρ are swapped.": _rule(lambda s, g, lr, rho: (1 - rho) * s + rho * g**2, _by_root),
    "1 − ρ needs brackets: it is all of it that multiplies g².": (
        _rule(lambda s, g, lr, rho: rho * s + 1 - rho * g**2, _by_root)
    ),
    "All coordinates share one average of squares; each has its own, so no mean and no sum.": (
        _rule(lambda s, g, lr, rho: rho * s + (1 - rho) * (g**2).mean(), _by_root)
    ),
    "The squares of all coordinates are added up; each has an average of its own.": (
        _rule(lambda s, g, lr, rho: rho * s + (1 - rho) * (g**2).sum(), _by_root)
    ),
}

MISTAKES = {"gd": _GD, "momentum": _MOMENTUM, "nesterov_momentum": _NESTEROV, "rmsprop": _RMSPROP}

# --- no mistakes ---------------------------------------------------------------------------------


def _sum_of_steps(v, g, lr, rho):
    return rho * v + lr * g


_LR_IN_V = (
    "as long as lr is constant. Your v holds lr as well, as in papers and in Keras: when lr "
    "changes on the way, what is in v keeps the old one."
)
DIALECTS = {
    "momentum": {_LR_IN_V: _rule(_sum_of_steps, lambda g, v, lr, rho: v)},
    "nesterov_momentum": {_LR_IN_V: _rule(_sum_of_steps, lambda g, v, lr, rho: lr * g + rho * v)},
}
