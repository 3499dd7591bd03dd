"""The standards as data: what is asked, how answers are scored, and what each level needs."""
