"""What may be made: policies, word rules, blocks, review, reports, the audit."""
