"""Worked solutions of notebook 05. Each is checked by the check of its exercise."""


def my_momentum(w, g, v, *, lr, rho):
    """The rule: the old velocity, a little less of it, plus the gradient; then a step along it."""
    v = rho * v + g
    return w - lr * v, v


# Exercise 1. On a constant slope v grows until what it loses at each step, (1 - ρ)·v, is what comes
# in, the slope: v = 2/0.05 = 40. The step is lr times that.
TERMINAL_STEP = 0.01 * 2 / (1 - 0.95)

# Exercise 2. The rule of thumb 1 - 2.1·√lr gives 0.70 for a first guess. With 0.70 and 0.71 the
# ball stays in the dip, with 0.72 it gets out.
SMALLEST_RHO = 0.72

# Exercise 3. Polyak's choice makes √ρ = (√κ - 1)/(√κ + 1) = 9/11 the factor of both directions: 93
# steps. A little more memory does better in so short a run: lr = 0.033 and ρ = 0.7 take 83.
RAVINE_LR, RAVINE_RHO = 4 / (100**0.5 + 1) ** 2, ((100**0.5 - 1) / (100**0.5 + 1)) ** 2

# Exercise 4. At every step the average is 1 - ρ = 1/20 of the sum, so lr has to be 20 times as
# large.
AVERAGE_LR = 0.003 / (1 - 0.95)

# Exercise 5. All from 0.93 on will do (at lr = 0.01 it is 0.87 to 0.96: with 0.97 the ball comes
# back from the far side of the bowl, and falls into the hole again).
LOSING_RHO = 0.95


def my_repair(w, dx, v_x, *, lr, rho):
    """Exercise 6. One name in place of two, so that the new v is what is used and returned."""
    v_x = rho * v_x + dx
    w = w - v_x * lr
    return w, v_x


def my_nesterov(w, g, v, *, lr, rho):
    """Exercise 7. The same v; the step looks ahead, to what the next v would be with this g."""
    v = rho * v + g
    return w - lr * (rho * v + g), v
