import { createAi } from '../clients/ai.ts'
import { createBilling } from '../clients/billing.ts'
import { createCache } from '../clients/cache.ts'
import { createConfig } from '../clients/config.ts'
import { createExtensions } from '../clients/extensions.ts'
import { createHttp } from '../clients/http.ts'
import { createNotify } from '../clients/notify.ts'
import { createSecrets, createSecretsStub } from '../clients/secrets.ts'
import { createSkeleton } from '../clients/skeleton.ts'
import { createStorage } from '../clients/storage.ts'
import { KernelStore } from '../clients/store.ts'
import { createTools } from '../clients/tools.ts'
import type { LogLevel } from '../clients/transport.ts'
import { ContextUnavailable } from '../errors.ts'
import { TimeContext, tenantFromWire, userFromWire } from '../values/identity.ts'
import { deepFreeze } from '../values/json.ts'
import { authorSignal, deliverChatMessage, oauthAuthorizeUrl, progress, webhookUrl } from './actions.ts'
import type { ContextMember } from './availability.ts'
import { backgroundTask } from './background.ts'
import { asUser, forUser } from './rescope.ts'
import { actingUserId, type Runtime } from './runtime.ts'

const ownSecret = (runtime: Runtime) => ({
  kind: runtime.kind,
  rule: runtime.declarations.secretRule,
  declared: runtime.declarations.secretNames,
})

/** A webhook's clients have `forUser`; a context that `forUser` made has it no more. */
const mayActForUsers = (runtime: Runtime): boolean => runtime.shape === 'webhook'

/** How each member of ctx is made, once per call and only when it is read. */
export const CREATE_MEMBER: Readonly<Record<ContextMember, (runtime: Runtime) => unknown>> = {
  appId: ({ snapshot }) => snapshot.app_id,
  signal: ({ signal }) => authorSignal(signal),
  time: ({ snapshot }) => TimeContext.fromWire(snapshot.time),
  log:
    ({ port }) =>
    (message: string, level: LogLevel = 'info') =>
      port.log(level, String(message)),
  user: (runtime) => {
    if (runtime.snapshot.user !== null) return userFromWire(runtime.snapshot.user)
    throw new ContextUnavailable('user', runtime.kind, 'the platform named no user for this call')
  },
  tenant: ({ snapshot }) => tenantFromWire(snapshot.tenant),
  agencyId: ({ snapshot }) => snapshot.agency_id,
  agencyTheme: ({ snapshot }) => deepFreeze(structuredClone(snapshot.agency_theme)),
  store: (runtime) =>
    new KernelStore(runtime.transport, {
      kind: runtime.kind,
      userId: actingUserId(runtime),
      isSystem: runtime.shape === 'system',
      mayActForUsers: mayActForUsers(runtime),
    }),
  db: () => null,
  ai: ({ shared }) => createAi(shared),
  billing: ({ transport }) => createBilling(transport),
  notify: (runtime) => createNotify(runtime.transport, { kind: runtime.kind, mayActForUsers: mayActForUsers(runtime) }),
  storage: ({ shared }) => createStorage(shared),
  http: ({ shared }) => createHttp(shared),
  tools: ({ shared }) => createTools(shared),
  config: ({ snapshot }) => createConfig(snapshot.config),
  extensions: ({ shared }) => createExtensions(shared),
  cache: ({ transport, declarations, now }) => createCache(transport, { owns: declarations.ownsCacheModel, now }),
  secrets: (runtime) =>
    runtime.shape === 'health'
      ? createSecretsStub()
      : createSecrets(runtime.transport, { ...ownSecret(runtime), mayActForUsers: mayActForUsers(runtime) }),
  webhookUrl: (runtime) => (path: string) => webhookUrl(runtime, path),
  deliverChatMessage: (runtime) => deliverChatMessage.bind(undefined, runtime),
  oauthAuthorizeUrl: (runtime) => oauthAuthorizeUrl.bind(undefined, runtime),
  skeleton: ({ transport }) => createSkeleton(transport),
  progress: (runtime) => (percent: number, message?: string) => progress(runtime, percent, message),
  backgroundTask: (runtime) => backgroundTask.bind(undefined, runtime),
  idempotencyKey: ({ snapshot }) => snapshot.idempotency_key,
  taskId: ({ snapshot }) => snapshot.task_id,
  asUser: (runtime) => (userId: string) => asUser(runtime, userId),
  forUser: (runtime) => (userId: string) => forUser(runtime, userId),
  fromVersion: ({ snapshot }) => snapshot.from_version ?? '',
  toVersion: ({ snapshot }) => snapshot.to_version ?? '',
}
