"""The processes that share one database: who lives, and who has which seat."""
