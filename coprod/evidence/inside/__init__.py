"""What is inside an uploaded file. It runs in a process of its own, with little time, little memory and no secrets."""
