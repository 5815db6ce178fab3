"""The command `newsroles`: parsing and printing, and nothing else prints."""

from newsroles.cli.app import main

__all__ = ["main"]
