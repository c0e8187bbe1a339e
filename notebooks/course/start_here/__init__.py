"""What notebook 00, the start page, has of its own."""
