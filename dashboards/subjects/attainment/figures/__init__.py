"""What pages of attainment work out from released rows and published figures."""
