"""Where data come from and where they rest: sources, readers, snapshots, raw cells, releases."""
