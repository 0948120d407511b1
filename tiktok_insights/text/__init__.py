"""Text from elsewhere, made fit for a message and for a terminal. Our own texts belong where they are said."""
