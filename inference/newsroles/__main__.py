"""`python -m newsroles` is the command `newsroles`."""

from newsroles.cli import main

main()
