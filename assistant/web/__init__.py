"""The web page: Gradio blocks around the one path of a question."""
