"""Coprod: self-assessment against a local area's co-production standards, moderated by families."""
