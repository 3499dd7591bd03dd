"""Keys: what the deployment signs certificates, credentials and the register's head with; public keys stay listed."""
