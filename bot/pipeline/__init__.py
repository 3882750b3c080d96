"""What carries jobs along, from the submit to the posted clip."""
