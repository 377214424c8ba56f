"""What Kaiga needs on this machine, looked at by `kaiga doctor` and by the console."""
