"""What makes pictures: one folder per engine, all under the same port."""
