"""Change records: where what families said changed a plan, whether families agree, and what the public may read."""
