"""`python -m kaiga`."""

from kaiga.cli.main import run

if __name__ == "__main__":
    run()
