"""What is wrong in a labelled corpus."""
