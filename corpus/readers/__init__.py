"""One reader a publication; `layouts` and `fixed` are the tables of them."""
