"""What the person hears and sees, and when: cues, phrases, guides, the queue, the screen."""
