"""Judge answers, choose learning rates and schedules."""
