"""How passages are found: exact words, meaning, and the fusion of both. Everything here can be rebuilt from the catalog."""
