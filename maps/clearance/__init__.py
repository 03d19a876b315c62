"""日清日结: what came in on a day was dispatched on it, and what fell due on it was answered."""
