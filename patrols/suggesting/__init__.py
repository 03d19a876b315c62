"""Where a worker on duty might look next: places, what they are worth, and a walk. A suggestion."""
