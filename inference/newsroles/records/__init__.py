"""What is written of labelled articles and failures, and read back."""
