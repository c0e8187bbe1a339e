"""Live figures and update rules for an interactive course on gradient descent."""
