"""What everyone can see: who has signed, what they promised, what they hold."""
