"""What a class is made of, as values: students, answers, states, phases, signed texts; nothing here is stored."""
