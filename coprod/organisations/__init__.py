"""Schools from the national register, services without a number, and how one is told from another."""
