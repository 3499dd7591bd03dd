"""Moderation: who looks at a case, what they find, how two agree, and the result that stands."""
