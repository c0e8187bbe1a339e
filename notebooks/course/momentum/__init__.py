"""What notebook 05, momentum, has of its own."""
