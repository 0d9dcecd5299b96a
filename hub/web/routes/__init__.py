"""Routes of the pages, one class for each place. All are sync and run in a thread; the streamed upload alone is not."""
