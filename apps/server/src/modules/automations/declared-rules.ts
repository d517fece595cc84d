import type { EventEnvelope, JsonObject } from '@imperal/contract'
import { AppId } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { QueueOptions } from '../../foundation/jobs/index.ts'
import { announce } from './announce.ts'
import { type Deed, digestOf, whyItWaits } from './approval.ts'
import { SCHEDULED } from './ground-rule.ts'
import { allowanceOf, hasRoom } from './rule-quota.ts'
import { UNINSTALLED } from './stop-rules-of-app.ts'
import type { RuleRow } from './tables.ts'
import type { Declared, Owner, Parts } from './types.ts'

export const DECLARED_QUEUE = 'automations.declared'
export const DECLARED_OPTIONS: QueueOptions = { concurrency: 2, expireSeconds: 300, retries: 4, retryDelaySeconds: 5 }
const PAGE = 200

/** What a job of the queue names: an app for one person, or, after a deploy, for everybody who has it. */
export interface DeclaredJob {
  readonly app_id: string
  readonly tenant_id?: string
  readonly user_id?: string
}

const LIMITS = { cooldown_seconds: 0, max_per_hour: 60, max_iterations: 0, notify_mode: 'failures' as const }

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
const inWords = (id: string): string => id.replaceAll(/[_-]+/g, ' ').trim()

function deedOf(appId: string, { event, cron, function: tool, args }: Declared['automations'][number], zone: string) {
  return {
    event_type: event ?? SCHEDULED,
    cron,
    zone,
    conditions: [],
    condition_words: null,
    actions: [{ app_id: appId, tool, args }],
  } satisfies Deed
}

const written = (deed: Deed) => ({
  ...deed,
  conditions: JSON.stringify(deed.conditions),
  actions: JSON.stringify(deed.actions),
})

/** Owners who changed a rule have made it theirs: what its app says from then on no longer reaches it. */
const isTouched = (rule: RuleRow): boolean => digestOf({ ...rule, zone: rule.zone }) !== rule.declared_digest

class Reconciling {
  readonly #parts: Parts
  readonly #tx: Tx
  readonly #owner: Owner
  readonly #app: Declared
  readonly #now: Date

  constructor(parts: Parts, tx: Tx, owner: Owner, app: Declared) {
    this.#parts = parts
    this.#tx = tx
    this.#owner = owner
    this.#app = app
    this.#now = new Date(parts.clock.now())
  }

  #waiting() {
    return {
      status: 'paused' as const,
      status_reason: whyItWaits({ by_app: this.#app.appId }),
      by_app: this.#app.appId,
      next_due_at: null,
      updated_at: this.#now,
    }
  }

  async create(one: Declared['automations'][number], zone: string): Promise<void> {
    const { appId, name } = this.#app
    const deed = deedOf(appId, one, zone)
    const rule = await this.#tx
      .insertInto('automations.rule')
      .values({
        tenant_id: this.#owner.tenantId,
        user_id: this.#owner.userId,
        name: `${name}: ${inWords(one.id)}`.slice(0, 120),
        prompt: '',
        interpretation: `${capitalised(inWords(one.function))} of ${name}, ${one.cron === null ? `on ${one.event}` : `at ${one.cron}`}.`,
        ...LIMITS,
        ...written(deed),
        limited_to: null,
        destructive: false,
        ...this.#waiting(),
        declared_app: appId,
        declared_id: one.id,
        declared_digest: digestOf(deed),
        created_at: this.#now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (rule !== undefined) await announce(this.#parts, this.#tx, rule, 'rule_created')
  }

  /** What the app declares now, waiting for its owner's word again. */
  async renew(rule: RuleRow, one: Declared['automations'][number]): Promise<void> {
    const deed = deedOf(this.#app.appId, one, rule.zone)
    const digest = digestOf(deed)
    if (digest === rule.declared_digest || isTouched(rule)) return
    const renewed = await this.#tx
      .updateTable('automations.rule')
      .set({ ...written(deed), ...this.#waiting(), declared_digest: digest })
      .where('rule_id', '=', rule.rule_id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await announce(this.#parts, this.#tx, renewed, 'rule_updated')
  }

  async drop(rule: RuleRow): Promise<void> {
    if (isTouched(rule)) return
    await this.#tx.deleteFrom('automations.rule').where('rule_id', '=', rule.rule_id).execute()
    await announce(this.#parts, this.#tx, rule, 'rule_deleted')
  }
}

const declaredRules = (tx: Tx, owner: Owner, appId: string): Promise<RuleRow[]> =>
  tx
    .selectFrom('automations.rule')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('user_id', '=', owner.userId)
    .where('declared_app', '=', appId)
    .forUpdate()
    .execute()

/**
 * Makes the rules of one person equal to what an app declares: new ones come disabled, changed ones wait again, and those
 * that are gone go, except where their owner changed them. What their plan has no room for is left out.
 */
async function reconcile(parts: Parts, owner: Owner, app: Declared): Promise<void> {
  const [allowance, { timezone }] = await Promise.all([
    allowanceOf(parts, owner),
    parts.identity.settings(owner.tenantId, owner.userId),
  ])
  await parts.db.tenant(owner.tenantId, async (tx) => {
    const rules = await declaredRules(tx, owner, app.appId)
    const work = new Reconciling(parts, tx, owner, app)
    const wanted = new Map(app.automations.map((one) => [one.id, one]))
    for (const rule of rules) {
      const one = wanted.get(rule.declared_id ?? '')
      await (one === undefined ? work.drop(rule) : work.renew(rule, one))
      wanted.delete(rule.declared_id ?? '')
    }
    for (const one of wanted.values()) {
      if (!(await hasRoom(tx, owner, allowance))) {
        parts.log.info({ app: app.appId, user: owner.userId }, 'no room for an automation that an app declares')
        return
      }
      await work.create(one, timezone ?? 'UTC')
    }
  })
}

async function* peopleOf(parts: Parts, job: DeclaredJob): AsyncGenerator<Owner> {
  if (job.tenant_id !== undefined && job.user_id !== undefined) {
    yield { tenantId: job.tenant_id, userId: job.user_id }
    return
  }
  let after: string | undefined
  for (;;) {
    const page = await parts.registry.usersOf(job.app_id, { limit: PAGE, ...(after === undefined ? {} : { after }) })
    yield* page
    after = page.at(-1)?.userId
    if (page.length < PAGE) return
  }
}

const isDeclared = (parts: Parts, appId: string): Promise<boolean> =>
  parts.db.everyTenant(async (tx) => {
    const row = await tx
      .selectFrom('automations.rule')
      .select('rule_id')
      .where('declared_app', '=', appId)
      .limit(1)
      .executeTakeFirst()
    return row !== undefined
  })

/** A job of the queue: rules follow what the live version of the app declares. Idempotent. */
export async function followDeclared(parts: Parts, job: DeclaredJob): Promise<void> {
  const app = await parts.declared(job.app_id)
  // Most apps declare none and never did: then nobody is asked about.
  if (app.automations.length === 0 && !(await isDeclared(parts, job.app_id))) return
  for await (const owner of peopleOf(parts, job)) await reconcile(parts, owner, app)
}

/** Rules that an app brought go with it; history of runs goes with them. */
async function removeDeclared(parts: Parts, tx: Tx, owner: Owner, appId: string): Promise<void> {
  for (const rule of await declaredRules(tx, owner, appId)) {
    if (isTouched(rule)) continue
    await tx.deleteFrom('automations.rule').where('rule_id', '=', rule.rule_id).execute()
    await announce(parts, tx, rule, 'rule_deleted')
  }
}

const EVERYBODY = 'app.deployed'
const ONE_PERSON: ReadonlySet<string> = new Set(['extension.installed', 'extension.enabled'])
/** Events after which rules follow an app. */
export const FOLLOWED: readonly string[] = [EVERYBODY, ...ONE_PERSON]

/** In the transaction that moves the place of events: whose rules have to follow an app is sent to the queue. */
export async function noteDeclared(parts: Parts, tx: Tx, event: EventEnvelope): Promise<void> {
  const appId = AppId.safeParse(event.data.app_id)
  if (!appId.success) return
  const owner = { tenantId: event.tenant_id, userId: event.user_id }
  if (event.event_type === UNINSTALLED) return removeDeclared(parts, tx, owner, appId.data)
  if (event.event_type !== EVERYBODY && !ONE_PERSON.has(event.event_type)) return
  const person: JsonObject =
    event.event_type === EVERYBODY ? {} : { tenant_id: event.tenant_id, user_id: event.user_id }
  await parts.jobs.send(DECLARED_QUEUE, { app_id: appId.data, ...person }, { tx }, DECLARED_OPTIONS)
}
