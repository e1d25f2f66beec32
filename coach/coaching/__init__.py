"""What is told and shown to the person, and when."""
