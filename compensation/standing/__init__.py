"""Where people stand in a period: the conditions they meet and the ranks they hold.

`requirements` is the model of conditions, `measuring` finds their figures over the whole network, `ranking` makes ranks of
them period by period (paid-as and title, maintained, with grace, demoted), `rank_tallies` counts ranks in legs.
`*_words` say conditions and ranks in both languages.
"""
