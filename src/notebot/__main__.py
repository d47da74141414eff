"""`python -m notebot`: the same as the command `notebot`."""

from notebot.cli import main

if __name__ == "__main__":
    main()
