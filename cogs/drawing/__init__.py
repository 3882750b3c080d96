"""Messages made from values: nothing here asks Discord, a use case or a clock."""
