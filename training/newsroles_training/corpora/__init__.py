"""Tools for labelled corpora: check them, convert them, take their texts out and put them back."""
