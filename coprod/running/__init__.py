"""Looking after a deployment: is everything working, figures for programs, and all data of one organisation."""
