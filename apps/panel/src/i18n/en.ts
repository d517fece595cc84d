import type { Counts } from './catalog.ts'

/** The plural forms of English; every other sentence is written where it is said. */
export const en: Counts<'one'> = {
  call: { one: '{n} call', other: '{n} calls' },
  failure: { one: '{n} failure', other: '{n} failures' },
  review: { one: '{n} review', other: '{n} reviews' },
  install: { one: '{n} install', other: '{n} installs' },
  secret: { one: '{n} secret', other: '{n} secrets' },
  app: { one: '{n} app', other: '{n} apps' },
  device: { one: '{n} device', other: '{n} devices' },
  scope: { one: '{n} scope', other: '{n} scopes' },
  person: { one: '{n} person', other: '{n} people' },
  entry: { one: '{n} entry', other: '{n} entries' },
  function: { one: '{n} function', other: '{n} functions' },
  'running task': { one: '{n} task is running', other: '{n} tasks are running' },
  credit: { one: '{n} credit', other: '{n} credits' },
  payment: { one: '{n} payment', other: '{n} payments' },
  finding: { one: '{n} finding', other: '{n} findings' },
  deploy: { one: '{n} deploy', other: '{n} deploys' },
  message: { one: '{n} message', other: '{n} messages' },
  'waiting confirmation': { one: '{n} confirmation waiting', other: '{n} confirmations waiting' },
  item: { one: '{n} item', other: '{n} items' },
  'attached file': { one: '{n} file', other: '{n} files' },
  token: { one: '{n} token', other: '{n} tokens' },
  'last day': { one: 'The last day', other: 'The last {n} days' },
}
