"""The public log: each sign-up, award, ending and withdrawal, in a chain that shows any change."""
