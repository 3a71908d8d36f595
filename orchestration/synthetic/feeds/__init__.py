"""What of that world each feed delivers, one file per feed."""
