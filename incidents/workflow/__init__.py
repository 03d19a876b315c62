"""The closed loop as a table: who may do what to a case, from where, and what follows."""
