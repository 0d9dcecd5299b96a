"""A submission from upload to accepted or returned. (The lead is writing this room now: developer INTAKE, test it instead.)"""
