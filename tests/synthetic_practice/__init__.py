"""The made-up practice: what is assumed comes out, and the truth beside it is true."""
