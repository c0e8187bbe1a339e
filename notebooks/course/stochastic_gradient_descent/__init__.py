"""What notebook 04, stochastic gradient descent, has of its own."""
