"""Pure evaluation of the credential chain of each SDK over a HostSnapshot."""
