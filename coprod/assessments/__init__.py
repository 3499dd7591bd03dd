"""The self-assessment: answering with evidence, the score and what would raise it, sending it in."""
