"""Programs that are told of public events of cases by a signed POST, as
https://www.standardwebhooks.com has it."""
