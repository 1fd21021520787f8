"""How somebody proves who they are: passwords, second factors, phones, keys, sessions."""
