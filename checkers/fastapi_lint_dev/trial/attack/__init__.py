"""What a rendered project claims to withstand; each claim attacks a running server and fails where it gives way."""
