"""Which models EvoLink has, what each takes, and which of them the operator offers."""
