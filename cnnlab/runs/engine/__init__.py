"""Start trainings on this machine, in fair order."""
