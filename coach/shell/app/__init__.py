"""Commands at work: a camera or film, the one loop, and what is kept or printed in the end."""
