"""How a person is met: whose session it is, and the first run."""
