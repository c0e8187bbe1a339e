"""What notebook 06, RMSProp, has of its own."""
