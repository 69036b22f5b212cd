"""What is chosen from a release, as a file of the program that people use."""
