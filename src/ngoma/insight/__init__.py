"""What a city can know from its reports: sums kept behind the events, the index of words, what is
to be expected and what is out of the ordinary, how the work goes, and what everybody may have."""
