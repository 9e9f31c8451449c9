"""How the database came to its form, one file a step; run by :func:`workbench.database.migrate`."""
