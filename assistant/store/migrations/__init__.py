"""How the tables came to be, step by step; Alembic applies what is missing when a store is opened."""
