"""Plans run on made-up participants: what a rule pays when nobody sells anything to anybody outside.

Each file simulates one kind of plan with the very loops that compute real records.
"""
