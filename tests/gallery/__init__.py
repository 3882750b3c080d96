"""Every message, card, form and list of Clapper, drawn once: see `README.md`."""
