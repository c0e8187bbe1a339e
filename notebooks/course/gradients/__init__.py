"""What notebook 02, gradients, has of its own."""
