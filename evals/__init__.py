"""Questions with known answers, the metrics over them, and their results by commit."""
