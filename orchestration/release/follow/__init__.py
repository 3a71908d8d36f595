"""What follows from released rows: histories, averages of similar schools, clusters."""
