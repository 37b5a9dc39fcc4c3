-- Leads of unknown outcome with a post under way are taken over too when their server dies.
CREATE INDEX leads_unknown ON leads (owner) WHERE state = 'unknown';
