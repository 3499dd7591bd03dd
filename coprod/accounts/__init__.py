"""People: who they are, how they sign in, what part they play in the area and in organisations."""
