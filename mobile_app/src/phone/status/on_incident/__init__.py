"""What status pages say of an incident of on call, on its own screen."""
