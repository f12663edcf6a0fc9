-- SQLite: everything in its cache, files mapped, sorts in memory. Durability stays as it comes:
-- synchronous is FULL, the journal is the rollback journal.
PRAGMA cache_size = -8000000;
PRAGMA mmap_size = 16000000000;
PRAGMA temp_store = MEMORY;
PRAGMA threads = 2;
