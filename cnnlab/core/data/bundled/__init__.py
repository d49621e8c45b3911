"""Hold the data sets that ship with CNN Lab."""
