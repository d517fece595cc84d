-- The app that made the rule or changed what it does, when that was not its owner; empty once the owner agreed to it.
alter table automations.rule add column by_app text;
