"""Read data sets beside the page: jobs, archives that arrive, files that nobody has reason to trust."""
