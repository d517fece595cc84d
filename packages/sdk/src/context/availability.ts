import type { HandlerKind } from '@imperal/contract/host-protocol'

/** Kinds of context that differ in what they offer. */
export type ContextShape =
  | 'function'
  | 'background'
  | 'panel'
  | 'skeleton'
  | 'system'
  | 'webhook'
  | 'event'
  | 'lifecycle'
  | 'upgrade'
  | 'health'

/** Kinds whose contexts offer what those of another kind do. */
const SHARED: Readonly<Partial<Record<HandlerKind, ContextShape>>> = {
  tool: 'function',
  expose: 'function',
  widget: 'panel',
  tray: 'panel',
  menu: 'panel',
  skeleton_alert: 'skeleton',
  schedule: 'system',
  signal: 'system',
}

export const shapeOfKind = (kind: HandlerKind): ContextShape => SHARED[kind] ?? (kind as ContextShape) // the rest are both

const BASE = ['appId', 'signal', 'time', 'log'] as const
const CALLER = ['user', 'tenant', 'agencyId', 'agencyTheme'] as const
const CLIENTS = [
  'store',
  'db',
  'ai',
  'billing',
  'notify',
  'storage',
  'http',
  'tools',
  'config',
  'extensions',
  'cache',
  'secrets',
] as const
const WITHOUT_CHAT = [...BASE, ...CALLER, ...CLIENTS, 'webhookUrl'] as const
const COMMON = [...WITHOUT_CHAT, 'deliverChatMessage', 'oauthAuthorizeUrl'] as const

/** Every member that some context has. */
export type ContextMember =
  | (typeof COMMON)[number]
  | 'skeleton'
  | 'progress'
  | 'backgroundTask'
  | 'taskId'
  | 'idempotencyKey'
  | 'asUser'
  | 'forUser'
  | 'fromVersion'
  | 'toVersion'

/** The matrix of sdk.md 3.1 as data: what is not listed throws `ContextUnavailable` when it is read. */
export const MEMBERS: Readonly<Record<ContextShape, readonly ContextMember[]>> = {
  function: [...COMMON, 'progress', 'backgroundTask', 'idempotencyKey'],
  background: [...COMMON, 'progress', 'backgroundTask', 'idempotencyKey', 'taskId'],
  panel: COMMON,
  skeleton: [...COMMON, 'skeleton'],
  system: [...WITHOUT_CHAT, 'progress', 'backgroundTask', 'idempotencyKey', 'asUser'],
  webhook: [...WITHOUT_CHAT, 'forUser'],
  event: [...BASE, 'store', 'notify', 'ai'],
  lifecycle: COMMON,
  upgrade: [...COMMON, 'fromVersion', 'toVersion'],
  health: [...BASE, 'store', 'http', 'config', 'secrets'],
}

export const ALL_MEMBERS: readonly ContextMember[] = [...new Set(Object.values(MEMBERS).flat())]

/** For a shape without the skeleton: where there is a tenant, its `get` throws `SkeletonAccessForbidden`; elsewhere reading the member throws. */
export const forbidsSkeleton = (shape: ContextShape): boolean => MEMBERS[shape].includes('tenant')
