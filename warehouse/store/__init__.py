"""Where data rest: the build file, releases, and which held files are accepted."""
