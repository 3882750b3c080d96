"""The real program, begun quickly: imported once, forked for each life."""
