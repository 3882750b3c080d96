"""Stand-ins for the outside world, as real servers: for the demo and the tests.

They import nothing of the application, so that nothing the application believes can
make them agree with it.
"""
