"""The corrections loop: from what people corrected to a model, and whether it is the better one."""
