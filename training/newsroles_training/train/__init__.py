"""A run's settings, the model, fine-tuning and averaging."""
