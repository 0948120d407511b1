"""Gates: functions that take a folder with the project and give what is wrong with it, a sentence each."""
