# The environment of every test; ctest reads this before it runs one.

# What a test runs for long is not compiled in the background, nor kept among what the user has compiled.
set(ENV{XDG_CACHE_HOME} /dev/null)
