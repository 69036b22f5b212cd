"""Reading a release or the build to say what there is and where it came from; writes nothing."""
