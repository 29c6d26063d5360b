"""What a city has to expect: how many reports will come, how sure that is, and how good it was.

`history` is what is known, `seasons` how days differ, `levels` what is expected, `ranges` how far
counts stray, `hours` a day by its hours: numbers only, without a database. `foretelling` makes a
city's forecast of them once a day, `daily` starts that, `kept` is what pages read, `scoring` holds
it against what came, and `expected` tells of any part of a day.
"""
