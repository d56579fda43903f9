-- What an account has under way is found when its password changes, or all of it ends.
CREATE INDEX interaction_account ON interaction (tenant, account) WHERE account <> '';
