"""What a whole host shows: processes, units, logins, jobs, containers, keys that lie around."""
