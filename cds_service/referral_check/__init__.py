"""One referral from call to answer: which orders ask for it, what the record holds, the answer."""
