"""Programs that people download and run by themselves: standard library only, served byte for byte."""
