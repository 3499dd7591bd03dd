"""The charter: reading it, signing it with three dated commitments, keeping them, and leaving."""
