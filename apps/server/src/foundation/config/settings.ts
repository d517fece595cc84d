import path from 'node:path'
import { OAUTH_PROVIDERS } from '@imperal/contract'
import { LIMIT_SETTINGS, readLimits } from '@imperal/ir'
import { z } from 'zod'
import { isNetwork } from './networks.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../../../../..')
const flag = z
  .enum(['true', 'false', '1', '0', 'yes', 'no'])
  .transform((value) => value === 'true' || value === '1' || value === 'yes')
const url = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ''))
const optional = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional())
const text = () => optional(z.string())
const NO_NUMBER = 'must be a whole number'
const between = (minimum: number, maximum: number) =>
  optional(z.coerce.number(NO_NUMBER).int(NO_NUMBER).min(minimum).max(maximum))
const whole = (minimum: number, maximum: number, fallback: number) =>
  between(minimum, maximum).transform((value) => value ?? fallback)

/** Every setting with its meaning; the table in the operator guide is generated from this object. */
const endpoint = z.object({ authorize: z.url(), token: z.url(), userinfo: z.url() }).partial()
const oauthEndpoints = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' })
      return z.NEVER
    }
  })
  .pipe(z.partialRecord(z.enum(OAUTH_PROVIDERS), endpoint))

/** What a process of the installation does; the guide on scaling tells which duties belong to which. */
export const ROLES = ['gateway', 'kernel', 'worker'] as const
export type Role = (typeof ROLES)[number]

const roles = z
  .string()
  .transform((list) => list.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()])))
  .pipe(z.array(z.enum(ROLES)).min(1))

const networks = z.string().transform((list, context) => {
  const found = list.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]))
  for (const one of found) {
    if (isNetwork(one)) continue
    context.addIssue({ code: 'custom', message: `${one} is no address and no network such as 10.0.0.0/8` })
  }
  return found
})

const LONGEST_MULTIUSE = 3_600
const secondsOf = (text: string): number | null =>
  /^\d{1,4}$/.test(text) && Number(text) <= LONGEST_MULTIUSE ? Number(text) : null

/** Seconds after its first use in which a call token may be used again, by the app that it was made for; `*`: by each. */
export type MultiUse = Readonly<Record<string, number>>

const multiUse = z.string().transform((text, context): MultiUse => {
  const everyApp = secondsOf(text.trim())
  if (everyApp !== null) return { '*': everyApp }
  const pairs = text.split(',').map((pair) => {
    const [, app = '', seconds = ''] = /^\s*([a-z0-9][a-z0-9-]*)=(\d+)\s*$/.exec(pair) ?? []
    return [app, secondsOf(seconds)] as const
  })
  if (pairs.every((pair): pair is readonly [string, number] => pair[0] !== '' && pair[1] !== null))
    return Object.fromEntries(pairs)
  context.addIssue({
    code: 'custom',
    message: `must be seconds up to ${LONGEST_MULTIUSE}, or app=seconds separated by commas`,
  })
  return z.NEVER
})

const documentLimits = z.string().transform((text, context) => {
  const { limits, problems } = readLimits(text)
  for (const message of problems) context.addIssue({ code: 'custom', message })
  return limits
})

export const SettingsSchema = z.object({
  IMPERAL_ROLES: optional(roles)
    .transform((value): readonly Role[] => value ?? ROLES)
    .describe(
      'What this process does, separated by commas: `gateway` (HTTP, event streams, the panel), `kernel` (runs apps for callers), `worker` (tasks, schedules, events, upkeep). The same as `--roles`.',
    ),
  IMPERAL_NODE_URL: optional(url).describe(
    'Address under which gateways that run no apps reach this process, when it has the role `kernel`. Default: http://HOST:PORT, and none for a process that is a gateway itself.',
  ),
  PORT: whole(0, 65_535, 4780).describe('Port of the gateway and the panel.'),
  HOST: optional(z.string())
    .transform((value) => value ?? '127.0.0.1')
    .describe('Address to listen on.'),
  IMPERAL_REGISTRY_PORT: between(0, 65_535).describe('Loopback port of the registry API. Default: PORT + 1.'),
  IMPERAL_DATA_DIR: optional(z.string())
    .transform((value) => path.resolve(value ?? path.join(CHECKOUT, '.imperal-data')))
    .describe('Folder for the embedded database, keys, files and mails.'),
  IMPERAL_KEYS_DIR: optional(z.string())
    .transform((value) => (value === undefined ? undefined : path.resolve(value)))
    .describe(
      'Folder of the key files and tokens, shared by every process of the installation. Default: <data dir>/keys.',
    ),
  IMPERAL_FILES_DIR: optional(z.string())
    .transform((value) => (value === undefined ? undefined : path.resolve(value)))
    .describe(
      'Folder of the files of apps, the same for every process of the installation (a shared file system). Default: <data dir>/files.',
    ),
  IMPERAL_S3_BUCKET_URL: optional(url).describe(
    'Keeps the files of apps in a bucket that speaks the protocol of S3, instead of a folder: its address with the name of the bucket as the path, such as `https://s3.eu-central-1.amazonaws.com/my-files`.',
  ),
  IMPERAL_S3_REGION: optional(z.string().regex(/^[a-z0-9-]{1,40}$/))
    .transform((value) => value ?? 'us-east-1')
    .describe('Region of the bucket, for the signature; `auto` where the service has none.'),
  IMPERAL_S3_ACCESS_KEY_ID: text().describe('Key id of the bucket.'),
  IMPERAL_S3_SECRET_ACCESS_KEY: text().describe('Secret key of the bucket.'),
  IMPERAL_USER_STORAGE_MB: whole(0, 100_000_000, 10_240).describe(
    'Most MiB that all files of one user may take; 0 is without a limit. The limit `storage_mb` of a plan wins.',
  ),
  IMPERAL_KEY_SERVICE_URL: optional(url).describe(
    'Locks secrets with a key service instead of key files: address of a transit engine (Vault, OpenBao), such as https://vault.example.com:8200/v1/transit.',
  ),
  IMPERAL_KEY_SERVICE_KEY: optional(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/))
    .transform((value) => value ?? 'imperal')
    .describe('Name of the key in the key service.'),
  IMPERAL_KEY_SERVICE_TOKEN: optional(z.string()).describe('Token of the key service.'),
  IMPERAL_KEY_SERVICE_TOKEN_FILE: optional(z.string()).describe(
    'File with the token of the key service, read at each request, for agents that renew it.',
  ),
  IMPERAL_KEY_SERVICE_TIMEOUT_MS: whole(100, 60_000, 3_000).describe(
    'How long the key service may take, in milliseconds.',
  ),
  IMPERAL_KEY_CACHE_S: whole(0, 300, 300).describe(
    'How long an opened data key stays in memory, in seconds; with 0 every access to a secret asks for its key.',
  ),
  DATABASE_URL: optional(
    z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://'),
  ).describe('An external PostgreSQL 15 or newer instead of the embedded one.'),
  IMPERAL_ADMIN_EMAIL: optional(z.email())
    .transform((value) => value ?? 'admin@localhost.localdomain')
    .describe('E-mail address of the first account.'),
  IMPERAL_ADMIN_PASSWORD: optional(z.string().min(8)).describe(
    'Password of the first account; generated and printed once when absent.',
  ),
  IMPERAL_PASSWORD_MIN_LENGTH: whole(0, 128, 0).describe(
    'Shortest password that is accepted. Without it: 7 characters at sign-up, 8 elsewhere.',
  ),
  IMPERAL_SIGNUP_REVEAL_EXISTING: optional(flag).describe(
    'A sign-up with a known address answers 409 instead of a mail to its owner. Default: in the development profile only.',
  ),
  IMPERAL_SERVICE_TOKEN: optional(z.string().min(16)).describe(
    'Token of internal services (comma-separated for rotation); generated into the data folder when absent.',
  ),
  IMPERAL_SERVICE_ALLOWED_CIDRS: optional(networks).describe(
    'Networks from which the service token is taken, separated by commas, such as `10.0.0.0/8,::1`; from elsewhere it is refused. Absent: from everywhere. Behind a proxy `TRUST_PROXY` has to be set, or the address is that of the proxy.',
  ),
  IMPERAL_REGISTRY_KEY: optional(z.string().min(16)).describe(
    'Administrative key of the registry, sent as `x-api-key` (comma-separated for rotation); generated into the keys folder when absent.',
  ),
  IMPERAL_CALL_TOKEN_HMAC_SECRET: optional(z.string().min(16)).describe(
    'Secret that call tokens of `/v1/internal/*` are signed with (comma-separated for rotation, the current one first); generated into the data folder when absent.',
  ),
  IMPERAL_CALLTOKEN_MULTIUSE_SECONDS: optional(multiUse).describe(
    'How long after its first use a call token may be used again, for runtimes that send one token with several requests: seconds up to 3600 for every app, or `app=seconds` for single ones, separated by commas. 0, or absent: each token works once.',
  ),
  IMPERAL_STORE_REQUIRE_USER: optional(flag)
    .transform((value) => value ?? true)
    .describe(
      'A service that reads, changes or deletes a document by its id must name the user. `false` lets it reach the document of whoever has it in the tenant; only for runtimes with the public SDK, which names nobody.',
    ),
  IMPERAL_IR_LIMITS: optional(documentLimits).describe(
    `Other limits for declarative apps than the usual ones, as \`name=whole number\` separated by commas, the same on every node. Usual: ${LIMIT_SETTINGS.map(([name, value]) => `\`${name}\` ${value}`).join(', ')}.`,
  ),
  IMPERAL_PUBLIC_URL: optional(url).describe('Address under which browsers and webhooks reach the platform.'),
  IMPERAL_PUBLIC_HOST: text().describe('Host name only; the same as `IMPERAL_PUBLIC_URL=https://<host>`.'),
  SMTP_URL: optional(z.string().regex(/^smtps?:\/\//, 'must start with smtp:// or smtps://')).describe(
    'Mail server; without it every mail is written to `<data dir>/mail/`.',
  ),
  IMPERAL_MAIL_FROM: optional(z.string())
    .transform((value) => value ?? 'Imperal <no-reply@localhost.localdomain>')
    .describe('Sender of mails.'),
  IMPERAL_PROFILE: optional(z.enum(['development', 'production'])).describe(
    '`development` (the default when HOST and the public address are loopback ones) lifts request limits a hundredfold.',
  ),
  IMPERAL_LOG_LEVEL: optional(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']))
    .transform((value) => value ?? 'info')
    .describe('Level of the log on standard error.'),
  IMPERAL_ISOLATION: optional(z.enum(['auto', 'full', 'namespaced', 'process']))
    .transform((value) => value ?? 'auto')
    .describe('Isolation level of extension hosts; `auto` takes the strongest that this machine offers.'),
  IMPERAL_MINIMUM_ISOLATION: optional(z.enum(['full', 'namespaced', 'process']))
    .transform((value) => value ?? 'process')
    .describe('Below this level third-party extensions are refused.'),
  IMPERAL_HOST_PER_USER: optional(flag)
    .transform((value) => value ?? false)
    .describe('One extension process per user instead of per tenant.'),
  IMPERAL_HOST_MEMORY_MB: whole(16, 1024, 64).describe('Heap of one extension process in MB.'),
  IMPERAL_HOST_IDLE_S: whole(1, 86_400, 300).describe('An extension process is stopped after so many idle seconds.'),
  IMPERAL_HOST_MAX: whole(1, 10_000, 200).describe('Most extension processes alive at once on one node.'),
  IMPERAL_ALLOW_PRIVATE_NETWORK: optional(flag)
    .transform((value) => value ?? false)
    .describe('Lets ctx.http and model base URLs reach private and loopback addresses.'),
  IMPERAL_OAUTH_STATE_SECRET: optional(z.string().min(32)).describe(
    'Keys that sign the state of OAuth consents, separated by commas: the first one signs, all of them verify. Generated into the keys folder when absent; every process of an installation needs the same.',
  ),
  IMPERAL_OAUTH_STATE_STRICT: optional(flag)
    .transform((value) => value ?? true)
    .describe(
      'A state that comes back from a consent must carry its age and a number that works once. `false` also takes what an app signed itself with the key above and without them: such a state never ends, and its code is exchanged without PKCE.',
    ),
  IMPERAL_OAUTH_ENDPOINTS: optional(oauthEndpoints).describe(
    'Other addresses for OAuth providers, as JSON: `{"microsoft": {"authorize": "…", "token": "…", "userinfo": "…"}}`; for one tenant of Microsoft, or a proxy.',
  ),
  IMPERAL_OIDC_ISSUER: optional(z.url({ protocol: /^https?$/ })).describe(
    'Identity provider that people may sign in with (OpenID Connect), such as `https://login.example.com/realms/main`. Absent: off.',
  ),
  IMPERAL_OIDC_CLIENT_ID: text().describe('What the identity provider knows this installation as.'),
  IMPERAL_OIDC_CLIENT_SECRET: text().describe('Secret of that client; absent for a public one.'),
  IMPERAL_OIDC_SCOPES: optional(z.string().regex(/\bopenid\b/, 'has to hold openid'))
    .transform((value) => value ?? 'openid email profile')
    .describe('What the identity provider is asked for.'),
  IMPERAL_OIDC_NAME: text().describe('What the button on the sign-in page says, after "Sign in with".'),
  IMPERAL_OIDC_TENANT: text().describe(
    'The tenant that people from the identity provider belong to; `default` when absent.',
  ),
  IMPERAL_OIDC_CREATE_ACCOUNTS: optional(flag)
    .transform((value) => value ?? true)
    .describe('Whether somebody from the identity provider who has no account here gets one.'),
  IMPERAL_GMAIL_PUSH_TOKEN: optional(z.string().min(16)).describe(
    'What messages of Google to /v1/webhooks/gmail carry, as `?token=` or as Bearer; without it they are ignored.',
  ),
  IMPERAL_EXT_SCHEDULE_TIMEOUT_S: whole(1, 3600, 600).describe('Longest run of one extension schedule, in seconds.'),
  IMPERAL_CALL_TIMEOUT_S: whole(1, 300, 30).describe('How long a direct call is waited for, in seconds.'),
  IMPERAL_PROMOTION_THRESHOLD_MS: whole(100, 300_000, 5_000).describe(
    'A call of the chat that takes more milliseconds goes on as a task, and the chat is free again.',
  ),
  IMPERAL_CANCEL_GRACE_S: whole(0, 300, 10).describe(
    'A cancelled task that does not look at its progress is ended after so many seconds.',
  ),
  IMPERAL_TASKS_AT_ONCE: whole(1, 1_000, 16).describe('Background functions that run at once on one node.'),
  IMPERAL_TASKS_PER_TENANT: whole(1, 10_000, 12).describe(
    'Tasks of one tenant that run at once in the installation, so that no tenant takes all places.',
  ),
  IMPERAL_TASKS_PER_APP: whole(1, 10_000, 8).describe('Tasks of one app and tenant that run at once.'),
  IMPERAL_TASKS_WAITING: whole(1, 1_000_000, 1_000).describe(
    'Tasks of one tenant that may wait for their turn; more are refused with 429.',
  ),
  IMPERAL_EVENTS_PER_TENANT: whole(1, 10_000, 8).describe(
    'Deliveries of events of one tenant that run at once in the installation; a node has 12 places. More for many nodes and few tenants.',
  ),
  IMPERAL_SCHEDULES_PER_APP: whole(1, 10_000, 4).describe(
    'Schedules of one app that run at once in the installation; a node has 12 places.',
  ),
  IMPERAL_SKELETONS_AT_ONCE: whole(1, 1_000, 16).describe('Skeleton sections that are refreshed at once on one node.'),
  IMPERAL_STREAMS_PER_USER: whole(1, 100_000, 8).describe(
    'Event streams of one user that are open at once on one node.',
  ),
  IMPERAL_CALL_WRITES: whole(1, 1_000_000, 5_000).describe(
    'Most documents that one call of an extension may create, change or delete; beyond that the author gets QuotaExceededError.',
  ),
  IMPERAL_CALL_MESSAGES: whole(1, 100_000, 50).describe(
    'Most notifications and chat messages of one call (for each user that a schedule acts for).',
  ),
  IMPERAL_CALL_COMPLETIONS: whole(1, 100_000, 50).describe('Most model completions of one call.'),
  IMPERAL_CALL_EVENTS: whole(1, 100_000, 200).describe('Most events that one call may emit.'),
  IMPERAL_CALL_STORAGE_MB: whole(1, 1_000_000, 200).describe('Most MiB that one call may put into ctx.storage.'),
  IMPERAL_MINUTE_WRITES: whole(1, 10_000_000, 20_000).describe(
    'The same for one user and app within a minute on one node; beyond that the author gets RateLimitError. A hundredfold in the development profile.',
  ),
  IMPERAL_MINUTE_MESSAGES: whole(1, 1_000_000, 60).describe('Most notifications and chat messages, as above.'),
  IMPERAL_MINUTE_COMPLETIONS: whole(1, 1_000_000, 60).describe('Most model completions, as above.'),
  IMPERAL_MINUTE_EVENTS: whole(1, 1_000_000, 1_000).describe('Most events, as above.'),
  IMPERAL_MINUTE_STORAGE_MB: whole(1, 10_000_000, 500).describe('Most MiB put into ctx.storage, as above.'),
  IMPERAL_CONFIRMATION_TTL_S: whole(5, 3600, 300).describe('Lifetime of a confirmation, in seconds.'),
  IMPERAL_LLM_PROVIDER: optional(z.enum(['anthropic', 'openai', 'google', 'openai_compatible'])).describe(
    'Model provider of the installation. Without it the platform works without a model.',
  ),
  IMPERAL_LLM_MODEL: text().describe('Model for every purpose that has no model of its own.'),
  IMPERAL_LLM_BASE_URL: optional(url).describe(
    'Base URL of an OpenAI-compatible endpoint (Ollama, vLLM, LM Studio) or of a proxy.',
  ),
  IMPERAL_LLM_API_KEY: text().describe('Key of the installation; users may bring their own.'),
  IMPERAL_ROUTING_MODEL: text().describe('Model for intent classification.'),
  IMPERAL_ASSISTANT_NAME: z.string().max(40).default('Webbee').describe('What the assistant calls itself.'),
  IMPERAL_ASSISTANT_RULES: text().describe(
    'Rules of the organisation that the assistant holds to beside those of the platform, in plain words.',
  ),
  IMPERAL_EMBEDDING_MODEL: text().describe(
    'Model of the same provider that turns texts into vectors, so that functions are found by meaning, too.',
  ),
  IMPERAL_EXECUTION_MODEL: text().describe('Model for narration and execution.'),
  IMPERAL_CHARGE_MODELS: optional(flag)
    .transform((value) => value ?? false)
    .describe(
      'Users pay for the models of the installation: a platform fee for each call that a model chose, and the tokens of ctx.ai. Their own keys cost nothing.',
    ),
  IMPERAL_PAYMENTS: optional(z.enum(['auto', 'off']))
    .transform((value) => value ?? 'auto')
    .describe(
      '`auto`: people pay by card where Stripe is set up; elsewhere the operator approves each payment. `off`: nobody can pay.',
    ),
  IMPERAL_PAYOUT_MINIMUM: whole(1, 1_000_000_000, 10_000).describe(
    'Least credits that a developer may ask to be paid at once; 1,000 are a dollar.',
  ),
  IMPERAL_STRIPE_SECRET_KEY: text().describe(
    'Secret key of Stripe. What an administrator stores in the platform wins.',
  ),
  IMPERAL_STRIPE_PUBLISHABLE_KEY: text().describe('Publishable key of Stripe, for the browser.'),
  IMPERAL_STRIPE_WEBHOOK_SECRET: text().describe(
    'Secret with which Stripe signs its messages to <public address>/v1/webhooks/stripe.',
  ),
  IMPERAL_STRIPE_API_URL: optional(url).describe('Another address of the API of Stripe, for a proxy.'),
  IMPERAL_PLANS_FILE: text().describe(
    'A JSON file with plans that takes the place of those that the platform comes with.',
  ),
  IMPERAL_METRICS: optional(flag)
    .transform((value) => value ?? false)
    .describe('Serves `/metrics` in the text format of Prometheus, to administrators of the installation.'),
  IMPERAL_METRICS_TOKEN: optional(z.string().min(16)).describe(
    'Token with which Prometheus reads `/metrics` (`Authorization: Bearer …`); switches it on.',
  ),
  IMPERAL_OTLP_URL: optional(url).describe(
    'Sends traces and metrics to a collector of OpenTelemetry: its base address for OTLP over HTTP, such as http://127.0.0.1:4318.',
  ),
  IMPERAL_OTLP_HEADERS: optional(
    z.string().regex(/^[^=,]+=[^,]*(,[^=,]+=[^,]*)*$/, 'must be name=value,name=value'),
  ).describe('Headers of those requests, such as a token of the collector: `name=value,name=value`.'),
  IMPERAL_TRACE_PERCENT: whole(0, 100, 100).describe('Share of traces that are sent, in percent.'),
  TRUST_PROXY: optional(z.string()).describe('Trusted proxy addresses for the client address (fastify syntax).'),
  CORS_ALLOWED_ORIGINS: text().describe('Further browser origins, comma-separated.'),
  IMPERAL_TEST_FSYNC_OFF: optional(flag)
    .transform((value) => value ?? false)
    .describe('Tests only: the embedded database does not wait for the disk.'),
})

export interface Settings extends z.output<typeof SettingsSchema> {
  readonly profile: 'development' | 'production'
  readonly publicUrl: string
  /** Further origins of browsers, from `CORS_ALLOWED_ORIGINS`. */
  readonly origins: readonly string[]
  readonly registryPort: number
  readonly checkout: string
  readonly keysDir: string
  readonly filesDir: string
}

/** All problems of the settings at once, each with the name of the variable. */
export class SettingsError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'SettingsError'
    this.problems = problems
  }
}

/** Names that the reference documents use, read when ours is not set. */
export const SETTING_ALIASES: Readonly<Record<string, string>> = {
  IMPERAL_SERVICE_TOKEN: 'AUTH_SERVICE_TOKEN',
  IMPERAL_REGISTRY_KEY: 'REGISTRY_API_KEY',
  IMPERAL_SERVICE_ALLOWED_CIDRS: 'SERVICE_ALLOWED_CIDRS',
  IMPERAL_CALLTOKEN_MULTIUSE_SECONDS: 'CALLTOKEN_MULTIUSE_SECONDS',
  IMPERAL_STORE_REQUIRE_USER: 'STORE_REQUIRE_USER',
  IMPERAL_OAUTH_STATE_STRICT: 'OAUTH_STATE_STRICT',
  IMPERAL_OTLP_URL: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  IMPERAL_OTLP_HEADERS: 'OTEL_EXPORTER_OTLP_HEADERS',
  IMPERAL_LLM_PROVIDER: 'LLM_PROVIDER',
  IMPERAL_LLM_MODEL: 'LLM_MODEL',
  IMPERAL_LLM_BASE_URL: 'LLM_BASE_URL',
  IMPERAL_LLM_API_KEY: 'LLM_API_KEY',
  IMPERAL_ROUTING_MODEL: 'LLM_ROUTING_MODEL',
  IMPERAL_EXECUTION_MODEL: 'LLM_EXECUTION_MODEL',
}

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

const isLocal = (url: string) => isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ''))

/** Reads the environment once. @throws SettingsError with every problem */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const aliased: Record<string, string | undefined> = { ...env }
  for (const [name, alias] of Object.entries(SETTING_ALIASES)) aliased[name] = env[name] || env[alias]
  const parsed = SettingsSchema.safeParse(aliased)
  if (!parsed.success) {
    throw new SettingsError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
  }
  const values = parsed.data
  const hasToken = (values.IMPERAL_KEY_SERVICE_TOKEN ?? values.IMPERAL_KEY_SERVICE_TOKEN_FILE) !== undefined
  if (values.IMPERAL_KEY_SERVICE_URL !== undefined && !hasToken)
    throw new SettingsError([
      'IMPERAL_KEY_SERVICE_TOKEN: the key service of IMPERAL_KEY_SERVICE_URL needs it, or a _FILE',
    ])
  const keys = values.IMPERAL_S3_ACCESS_KEY_ID !== undefined && values.IMPERAL_S3_SECRET_ACCESS_KEY !== undefined
  if (values.IMPERAL_S3_BUCKET_URL !== undefined && !keys)
    throw new SettingsError([
      'IMPERAL_S3_ACCESS_KEY_ID, IMPERAL_S3_SECRET_ACCESS_KEY: the bucket of IMPERAL_S3_BUCKET_URL needs both',
    ])
  const shownHost = values.HOST === '0.0.0.0' || values.HOST === '::' ? '127.0.0.1' : values.HOST
  const publicUrl =
    values.IMPERAL_PUBLIC_URL ??
    (values.IMPERAL_PUBLIC_HOST
      ? `https://${values.IMPERAL_PUBLIC_HOST}`
      : `http://${shownHost.includes(':') ? `[${shownHost}]` : shownHost}:${values.PORT}`)
  return {
    ...values,
    // Behind a proxy the server listens on the loopback as well; then its public address tells.
    profile: values.IMPERAL_PROFILE ?? (isLoopback(values.HOST) && isLocal(publicUrl) ? 'development' : 'production'),
    publicUrl,
    origins: (values.CORS_ALLOWED_ORIGINS ?? '')
      .split(',')
      .map((origin) => origin.trim())
      .filter((origin) => origin !== ''),
    registryPort: values.IMPERAL_REGISTRY_PORT ?? (values.PORT === 0 ? 0 : values.PORT + 1),
    checkout: CHECKOUT,
    keysDir: values.IMPERAL_KEYS_DIR ?? path.join(values.IMPERAL_DATA_DIR, 'keys'),
    filesDir: values.IMPERAL_FILES_DIR ?? path.join(values.IMPERAL_DATA_DIR, 'files'),
  }
}
