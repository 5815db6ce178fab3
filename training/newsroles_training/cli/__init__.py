"""The command `newsroles-train`: parsing and printing, and nothing else prints."""

from newsroles_training.cli.app import main

__all__ = ["main"]
