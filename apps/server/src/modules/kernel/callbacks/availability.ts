import type { HandlerKind, HostClient } from '@imperal/contract'

type Method = `${HostClient}.${string}` | `${HostClient}.*`

const CLIENTS: readonly Method[] = [
  'store.create',
  'store.get',
  'store.query',
  'store.update',
  'store.set',
  'store.delete',
  'store.count',
  'http.*',
  'ai.*',
  'llm.*',
  'notify.*',
  'cache.*',
  'secrets.*',
  'storage.*',
  'billing.*',
  'oauth.*',
  'extensions.*',
  'tools.*',
  'chat.*',
  'platform.*',
]
const TASKS: readonly Method[] = ['task.*']
const ALL_USERS: readonly Method[] = ['store.list_users', 'store.query_all']
const FUNCTION = [...CLIENTS, ...TASKS]
const SKELETON: readonly Method[] = [...CLIENTS, 'skeleton.get']
const SYSTEM = [...CLIENTS, ...TASKS, ...ALL_USERS]
const MINIMAL: readonly Method[] = [
  'store.create',
  'store.get',
  'store.query',
  'store.update',
  'store.set',
  'store.delete',
  'store.count',
  'notify.*',
  'ai.*',
  'llm.*',
]
// A health check sees no user: its secrets answer that nothing is set.
const HEALTH: readonly Method[] = [
  ...MINIMAL.filter((method) => method.startsWith('store.')),
  'http.*',
  'secrets.get',
  'secrets.is_set',
  'secrets.list',
]

/** The matrix of sdk.md 3.1 on the kernel's side: a bundle may send any frame, so the SDK's own check does not count. */
const MATRIX: Readonly<Record<HandlerKind, ReadonlySet<string>>> = {
  function: new Set(FUNCTION),
  tool: new Set(FUNCTION),
  expose: new Set(FUNCTION),
  // The detached part of a schedule still looks across users; that it is one is checked where it matters.
  background: new Set(SYSTEM),
  panel: new Set(CLIENTS),
  widget: new Set(CLIENTS),
  tray: new Set(CLIENTS),
  menu: new Set(CLIENTS),
  skeleton: new Set(SKELETON),
  skeleton_alert: new Set(SKELETON),
  schedule: new Set(SYSTEM),
  signal: new Set(SYSTEM),
  webhook: new Set(CLIENTS),
  event: new Set(MINIMAL),
  lifecycle: new Set(CLIENTS),
  health: new Set(HEALTH),
}

/** Whether handlers of this kind may send this callback. */
export const isOffered = (kind: HandlerKind, client: string, method: string): boolean =>
  MATRIX[kind].has(`${client}.${method}`) || MATRIX[kind].has(`${client}.*`)
