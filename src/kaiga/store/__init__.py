"""Task stores: one folder per database, all under the same contract suite."""
