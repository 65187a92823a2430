"""One reader a kind of file: each takes a file as its publisher ships it and yields a Reading."""
