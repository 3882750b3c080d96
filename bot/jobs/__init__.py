"""What a job is: its states, its video, its failures, when it is due."""
