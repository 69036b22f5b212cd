"""From landing to snapshots to raw cells."""
