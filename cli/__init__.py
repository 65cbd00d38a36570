"""The command line: `downline`, a thin front door that parses, calls `cases`, and shows.

`main.py` registers the commands and is the one place where an error becomes a sentence and an exit code;
`options.py` holds the options that commands share, `errors.py` what they refuse, `output.py` how anything is
printed; each other file is a group of commands. Everything heavy is imported inside the command that needs it, so that `downline --help`
answers at once. Every command takes `--json`.

Exit codes: 0 done; 1 the check that was asked for did not hold (`verify`, `doctor`, `reconcile --strict`);
2 the input or the request was wrong, and the message says how to mend it; 70 a fault of the program's own;
130 stopped by the user.
"""
