"""Where the tasks under *Explore* lead to that need more than one control.

For a figure, by its page and name: a setting, and one or two controls that are moved from there.
"""

EXPLORED = {
    "loss_landscapes.gallery": ({"name": "Himmelblau", "point": 5}, ["cut"]),
    "gradients.units": ({"kappa": 50}, ["stretch"]),
    "gradients.field": ({"name": "three pits"}, ["x", "y"]),
    "stochastic_gradient_descent.minibatch": ({"show": 64, "step": 300}, ["size"]),
    "stochastic_gradient_descent.frequency": ({"size": 8, "step": 2000}, ["lr"]),
    "momentum.zigzag": ({"step": 120}, ["rho"]),
    "momentum.settings": ({"kappa": 100, "step": 60}, ["rho"]),
    "momentum.anywhere": ({"name": "three pits"}, ["product", "rho"]),
    "rmsprop.turned": ({"kappa": 10}, ["angle", "lr"]),
    "race.race": ({"lr": 0.02}, ["across", "up"]),
    "race.winners": ({"course": "Himmelblau", "step": 300}, ["times_0"]),
    "race.play": ({}, ["lr_momentum", "rho_momentum"]),
}
