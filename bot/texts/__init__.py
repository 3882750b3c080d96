"""Every sentence that people read in Discord, in each language we speak."""
