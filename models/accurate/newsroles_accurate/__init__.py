"""The accurate model: a bundle that ``newsroles label --model accurate`` finds."""
