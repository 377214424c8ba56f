-- What the operator allows whom: each rule whole, as an object, under whom it is for. An empty name
-- stands for everybody, every model, or no key. In the object null lifts a limit, and what is
-- absent is left to a less specific rule.
CREATE TABLE limits (
    account TEXT NOT NULL,
    model TEXT NOT NULL,
    key_id TEXT NOT NULL,
    rule TEXT NOT NULL CHECK (json_valid(rule)),
    PRIMARY KEY (account, model, key_id)
) STRICT, WITHOUT ROWID;
