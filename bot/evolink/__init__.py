"""EvoLink's HTTP API in our words. Knows neither Discord nor storage."""
