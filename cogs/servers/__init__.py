"""What a server and its members keep here: presets, defaults, privacy, `/about`."""
