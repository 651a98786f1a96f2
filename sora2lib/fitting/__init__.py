"""Reading a picture: what of it a world can begin with."""
