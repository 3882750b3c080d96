"""Every table and statement of Clapper. Knows SQL; neither Discord nor EvoLink."""
