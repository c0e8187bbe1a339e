"""What notebook 07, the race, has of its own."""
