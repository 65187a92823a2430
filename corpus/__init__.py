"""What is known and where it came from: values, readers and the catalog that owns the truth."""
