"""Who says it, and who is blamed: names that are the same, words that point back, and who accuses whom."""
