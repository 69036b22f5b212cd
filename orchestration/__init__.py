"""When things run: the Dagster assets, checks, jobs, schedules, the sensor and the command line."""
