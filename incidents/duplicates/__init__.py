"""Cases that may be the same matter: proposed with reasons, merged by a person only."""
