"""Corpora without their texts, and their texts put back."""
