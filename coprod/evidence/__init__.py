"""What shows that an answer is true: links and statements, with what they show and where they come from."""
