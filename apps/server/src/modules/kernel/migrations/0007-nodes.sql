-- What a node does, and where gateways reach it: null for a node that they do not hand calls to, or not yet.
alter table kernel.node
  add column name text not null default '',
  add column version text not null default '',
  add column roles text[] not null default '{gateway,kernel,worker}',
  add column address text;
