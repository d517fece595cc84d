import {
  AssistantLimits,
  MAX_BUNDLE_BYTES,
  MAX_ICON_BYTES,
  MAX_MANIFEST_BYTES,
  MAX_SOURCE_MAP_BYTES,
} from '@imperal/contract'
import {
  MAX_CALL_LOG_BYTES,
  MAX_CALLBACKS_IN_FLIGHT,
  MAX_LOG_BYTES,
  MAX_RESULT_BYTES,
} from '@imperal/contract/host-limits'
import { SettingsSchema } from '../../apps/server/src/foundation/config/index.ts'
import { HANDLER_SECONDS, kernelLimits } from '../../apps/server/src/modules/kernel/index.ts'
import { ALL_MEMBERS, type ContextShape, MEMBERS } from '../../packages/sdk/src/context/availability.ts'
import { SECRET_MAX_BYTES } from '../../packages/sdk/src/extension/checks.ts'
import { NOTICE, table } from './markdown.ts'

/** Figures that the SDK checks before a call is sent; `limits.test.ts` proves each of them. */
export const SDK_LIMITS = {
  cacheTtl: { least: 5, most: 300 },
  cacheBytes: 65_536,
  cacheKeyLength: 128,
  httpSeconds: { usual: 30, most: 180 },
  httpPerMinute: 100,
  pageSize: { usual: 100, most: 1_000 },
  userPageSize: 10_000,
  chatBytes: 65_536,
  fileBytes: 100 * 1024 * 1024,
  panelBytes: 262_144,
} as const

type Setting = keyof typeof SettingsSchema.shape
const settingOf = (name: Setting): number => Number(SettingsSchema.shape[name].parse(undefined))
const whole = (value: number): string => value.toLocaleString('en-US')

function bytes(value: number): string {
  if (value % (1024 * 1024) === 0) return `${value / (1024 * 1024)} MB`
  return value % 1024 === 0 ? `${value / 1024} KB` : `${whole(value)} bytes`
}

const adjustable = (perCall: Setting, perMinute: Setting, unit = ''): string[] => [
  `${whole(settingOf(perCall))}${unit}`,
  `${whole(settingOf(perMinute))}${unit}`,
  `\`${perCall}\`, \`${perMinute}\``,
]

function usage(): string {
  return table(
    ['what', 'in one call', 'of one user in a minute', 'settings of the operator'],
    [
      ['documents created, changed, deleted', ...adjustable('IMPERAL_CALL_WRITES', 'IMPERAL_MINUTE_WRITES')],
      ['notifications and chat messages', ...adjustable('IMPERAL_CALL_MESSAGES', 'IMPERAL_MINUTE_MESSAGES')],
      ['completions', ...adjustable('IMPERAL_CALL_COMPLETIONS', 'IMPERAL_MINUTE_COMPLETIONS')],
      ['events emitted', ...adjustable('IMPERAL_CALL_EVENTS', 'IMPERAL_MINUTE_EVENTS')],
      ['bytes into files', ...adjustable('IMPERAL_CALL_STORAGE_MB', 'IMPERAL_MINUTE_STORAGE_MB', ' MB')],
    ],
  )
}

const handlerSeconds = (): string => {
  const scheduled = `${whole(settingOf('IMPERAL_EXT_SCHEDULE_TIMEOUT_S'))}, set by \`IMPERAL_EXT_SCHEDULE_TIMEOUT_S\``
  const seconds = Object.entries(HANDLER_SECONDS)
    .filter(([kind]) => kind !== 'schedule')
    .map(([kind, value]) => [`\`${kind}\``, whole(value)])
  return table(['kind of handler', 'longest run in seconds'], [...seconds, ['`schedule`', scheduled]])
}

function sizes(): string {
  const { cacheTtl, httpSeconds, pageSize } = SDK_LIMITS
  const { callsPerUserMinute, callsPerAppMinute, tasksPerUser } = kernelLimits('production')
  return table(
    ['what', 'limit'],
    [
      ['result of a call', bytes(MAX_RESULT_BYTES)],
      ['tree of a panel', bytes(SDK_LIMITS.panelBytes)],
      ['page of a query', `${pageSize.usual} documents, ${whole(pageSize.most)} at most`],
      ['`listUsers` and `queryAll` at once', whole(SDK_LIMITS.userPageSize)],
      ['value in the cache', bytes(SDK_LIMITS.cacheBytes)],
      ['key of the cache', `${SDK_LIMITS.cacheKeyLength} characters of A–Z, a–z, 0–9, \`_\`, \`-\`, \`:\``],
      ['life of a cached value', `${cacheTtl.least} to ${cacheTtl.most} s`],
      ['secret', `${bytes(SECRET_MAX_BYTES)}; 4 KB unless declared`],
      ['file', bytes(SDK_LIMITS.fileBytes)],
      ['chat message', `${bytes(SDK_LIMITS.chatBytes)}; the rest is cut`],
      ['HTTP request', `${httpSeconds.usual} s, ${httpSeconds.most} s at most`],
      ['HTTP requests of an app in a tenant', `${SDK_LIMITS.httpPerMinute} a minute`],
      ['calls of a user', `${callsPerUserMinute} a minute`],
      ['calls of an app', `${whole(callsPerAppMinute)} a minute`],
      [
        'calls between apps',
        `${AssistantLimits.parse({}).hub_dispatch_max_depth} deep, set by administrators from 0 to 9`,
      ],
      ['background tasks of a user', `${tasksPerUser} at once`],
      ['requests of one call to the platform', `${MAX_CALLBACKS_IN_FLIGHT} at once; the rest waits`],
      ['line of the log', bytes(MAX_LOG_BYTES)],
      ['log of one call', bytes(MAX_CALL_LOG_BYTES)],
      [
        'memory of an extension process',
        `${settingOf('IMPERAL_HOST_MEMORY_MB')} MB, set by \`IMPERAL_HOST_MEMORY_MB\``,
      ],
      ['life of a confirmation', `${settingOf('IMPERAL_CONFIRMATION_TTL_S')} s`],
      ['bundle', bytes(MAX_BUNDLE_BYTES)],
      ['source map', bytes(MAX_SOURCE_MAP_BYTES)],
      ['manifest', bytes(MAX_MANIFEST_BYTES)],
      ['icon', bytes(MAX_ICON_BYTES)],
    ],
  )
}

function members(): string {
  const shapes = Object.keys(MEMBERS) as ContextShape[] // the table is keyed by exactly these
  const has = (shape: ContextShape, member: (typeof ALL_MEMBERS)[number]): string =>
    MEMBERS[shape].includes(member) ? '✓' : ''
  return table(
    ['`ctx.`', ...shapes],
    ALL_MEMBERS.map((member) => [`\`${member}\``, ...shapes.map((shape) => has(shape, member))]),
  )
}

/** Every figure that an author can meet, and what each kind of handler is offered. */
export function limitsPage(): string {
  return `# Limits

${NOTICE}

What goes over a limit is refused with an error that says so: \`QuotaExceededError\` for one call, \`RateLimitError\` with
\`retryAfter\` in seconds for a minute, \`ValidationError\` for a value that is too large. Figures are those of production; the
development profile multiplies what is counted by the minute by a hundred.

## Use of the platform

${usage()}

## Time

${handlerSeconds()}

Work that \`ctx.backgroundTask\` detaches, and functions with \`background\`, have 1,800 seconds with \`longRunning\`.

## Sizes and numbers

${sizes()}

## What each handler is offered

A member that a handler does not have does not compile there, and throws \`ContextUnavailable\` when it is read. \`background\` is
detached work; \`system\` are schedules and signals; tools and exposed methods are like functions; widgets, tray and menu are
like panels.

${members()}
`
}
