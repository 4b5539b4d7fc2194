"""`python -m cds_service` is the command line."""

from cds_service.cli import main

if __name__ == "__main__":
    main(prog_name="imsr-cds")
