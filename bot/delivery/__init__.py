"""Results on their way to Discord: fetched safely, kept on disk until posted."""
