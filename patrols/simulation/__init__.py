"""A patrolled day for the demonstration: shifts and positions, marked as simulated."""
