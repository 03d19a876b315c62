"""How the demonstration's cases are lived through: who does what when, drawn from a seed."""
