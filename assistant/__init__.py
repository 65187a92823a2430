"""The conversation: question → evidence → answer; the command line and the web page."""
