"""AWS on this machine: moto with state that survives a restart."""
