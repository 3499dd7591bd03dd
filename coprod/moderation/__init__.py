"""Moderation: who looks at a case, what they find, how two agree, and the result that stands."""

from coprod.moderation import reply_models

__all__ = ["reply_models"]  # A case names the rows of its replies: whoever knows the one knows the other.
