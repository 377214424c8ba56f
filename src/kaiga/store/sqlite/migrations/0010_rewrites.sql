-- 1 where the prompt was to be rewritten and went on as it was, since that failed; else NULL.
ALTER TABLE tasks ADD COLUMN rewrite_failed INTEGER;
