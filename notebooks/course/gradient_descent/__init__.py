"""What notebook 03, gradient descent, has of its own."""
