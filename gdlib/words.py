"""Numbers as a sentence says them."""


def num(value, digits=4):
    """A number in few digits, with a true minus sign, never "1e-06"."""
    text = f"{value + 0:.{digits}g}"  # −0.0 + 0 is 0.0
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")


def capped(value, far=1e6):
    """A number up to `far`: "more than a million" for all beyond."""
    return num(value, 3) if value <= far else "more than a million"


def steps(count, never):
    """So many steps, "one step" or "62 steps"; `never` for -1, as `first_step` has it."""
    return never if count < 0 else "one step" if count == 1 else f"{count:.0f} steps"


def since(step, limit):
    """From which step on something holds, of a run of `limit` steps; -1 is never."""
    return f"from step {step} on" if step >= 0 else f"not within {limit} steps"


def pair(place, digits=4):
    """The two coordinates of a place, in brackets."""
    return f"({num(place[0], digits)}, {num(place[1], digits)})"


def names(things, joint="and"):
    """Words in a row: "a, b and c"."""
    *others, last = things
    return f"{', '.join(others)} {joint} {last}" if others else last
