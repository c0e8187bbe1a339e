"""The live figure of notebook 00, to try a slider on."""

from gdlib import landscapes
from gdlib.optimizers import momentum
from gdlib.play import play


def first():
    """Slide ρ: which of four valleys does the ball end in?"""
    return play(landscapes.himmelblau(), momentum, start=(2.5, -4), lr=0.015, rho=0)
