"""Lets ``python -m workbench`` be the command ``workbench``."""

from workbench.cli import main

main()
