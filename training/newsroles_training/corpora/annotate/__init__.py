"""To annotation tools and back: sampling, formats, merging."""
