"""Files that go with a report: a picture and a table. Knows no Discord and no SQL."""
