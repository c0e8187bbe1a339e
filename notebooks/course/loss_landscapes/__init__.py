"""What notebook 01, loss landscapes, has of its own."""
