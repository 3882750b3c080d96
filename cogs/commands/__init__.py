"""What all slash commands share: the tree, registration, names, menus, errors."""
