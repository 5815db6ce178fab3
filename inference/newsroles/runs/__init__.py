"""Many pages: on this machine or on Ray, in runs that can be resumed."""
