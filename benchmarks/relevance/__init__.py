"""How well searching finds what was meant: a library of rows, queries with their right answers."""
