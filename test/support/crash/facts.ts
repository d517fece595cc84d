import type pg from 'pg'

/** What the database says about the effects, past row-level security. */
export interface CrashFacts {
  /** Keys of effects, one entry for each document. */
  readonly effects: string[]
  /** Keys with the status of each of their ledger rows. */
  readonly rows: { key: string; function: string; status: string; callId: string }[]
  readonly tasks: { taskId: string; status: string; title: string }[]
  /** Keys of what webhooks wrote, whose senders come until they are answered. */
  readonly posts: string[]
  /** Answers of chat turns by id, with the status of the one call of each. */
  readonly replies: { replyId: string; status: string; call: string | null; text: string }[]
  /** Runs of the install hook of the guest by status, and those that were given up. */
  readonly hooks: { status: string; count: number }[]
  /** Keys of published events, and of those that were heard. */
  readonly published: string[]
  readonly heard: string[]
  /** Keys of `rare`, for each of which the automation runs. */
  readonly rare: string[]
  /** What the steps of the automation wrote: name of the function and key. */
  readonly steps: string[]
  /** Keys of what detached work wrote. */
  readonly detached: string[]
  /** Runs of the automation: what the last attempt for each key came to. */
  readonly runs: { key: string; status: string; error: string | null }[]
  readonly ticks: { minute: string; count: number }[]
  /** Charges of `paid`: call ids that the wallet paid for. */
  readonly charged: string[]
  readonly balance: { balance: number; entries: number; held: number; holds: number }
  /** Entries of all accounts, which must add up to nothing. */
  readonly total: number
}

/** What is still under way; empty when everything has ended. */
export async function unsettled(database: pg.Client): Promise<Record<string, number>> {
  const { rows } = await database.query<{ what: string; n: number }>(`
    select 'open calls' as what, count(*)::int as n from kernel.open_call
    union all select 'tasks', count(*)::int from kernel.task where status in ('queued', 'running')
    union all select 'deliveries', count(*)::int from jobs.job where name = 'kernel.deliveries' and state in ('created', 'retry', 'active')
    union all select 'events', count(*)::int from outbox.message m, kernel.event_cursor c
      where m.type = 'event' and lpad(to_hex(m.xid::text::bigint), 16, '0') > split_part(c.position, '-', 1)
    union all select 'holds', count(*)::int from billing.hold where status = 'held'
    union all select 'rule events', count(*)::int from outbox.message m, automations.event_cursor c
      where m.type = 'event' and lpad(to_hex(m.xid::text::bigint), 16, '0') > split_part(c.position, '-', 1)
    union all select 'automations', count(*)::int from automations.execution where status in ('triggered', 'running')
    union all select 'decisions', count(*)::int from kernel.confirmation where status = 'confirmed'
    union all select 'turns', count(*)::int from chat.turn where ended_at is null
    union all select 'answers', count(*)::int from chat.message where status = 'processing'
    union all select 'hooks', count(*)::int from registry.due_hook where not gave_up
    union all select 'bodies', count(*)::int from kernel.delivery
    union all select 'schedule runs', count(*)::int from kernel.schedule_run where finished_at is null`)
  return Object.fromEntries(rows.filter(({ n }) => n > 0).map(({ what, n }) => [what, n]))
}

export async function readFacts(database: pg.Client, userId: string): Promise<CrashFacts> {
  const list = async <Row>(text: string, values: unknown[] = []) => (await database.query(text, values)).rows as Row[]
  const keys = async (text: string) => (await list<{ key: string }>(text)).map(({ key }) => key).sort()
  const [balance] = await list<CrashFacts['balance']>(
    `select balance::int, held::int,
       (select coalesce(sum(amount), 0)::int from billing.entry where account = 'user:' || w.user_id) as entries,
       (select coalesce(sum(amount), 0)::int from billing.hold h where h.user_id = w.user_id and status = 'held') as holds
     from billing.wallet w where user_id = $1`,
    [userId],
  )
  const [total] = await list<{ total: number }>('select coalesce(sum(amount), 0)::int as total from billing.entry')
  return {
    effects: await keys(
      "select data ->> 'key' as key from store.document where app_id = 'crashlab' and collection = 'effects'",
    ),
    rows: await list(
      `select args ->> 'key' as key, function, status, call_id as "callId" from ledger.action
       where app_id = 'crashlab' and function in ('write', 'paid', 'work', 'rare', 'wipe') and status <> 'intercepted'`,
    ),
    tasks: await list('select task_id as "taskId", status, title from kernel.task'),
    posts: await keys("select data ->> 'key' as key from store.document where collection = 'posts'"),
    replies: await list(
      `select t.reply_id as "replyId", m.status, m.actions -> 0 ->> 'status' as call, m.text
       from chat.turn t join chat.message m on m.message_id = t.reply_id`,
    ),
    hooks: await list(
      `select status, count(*)::int as count from ledger.action where app_id = 'crashguest' and source = 'lifecycle' and function = 'on_install' group by 1
       union all select 'given up', count(*)::int from registry.due_hook where gave_up having count(*) > 0`,
    ),
    published: await keys(
      "select payload -> 'data' ->> 'key' as key from outbox.message where type = 'event' and payload ->> 'event_type' in ('crashlab.write', 'crashlab.paid')",
    ),
    heard: await keys(
      "select data ->> 'key' as key from store.document where app_id = 'crashear' and collection = 'heard'",
    ),
    rare: await keys(
      "select payload -> 'data' ->> 'key' as key from outbox.message where type = 'event' and payload ->> 'event_type' = 'crashlab.rare'",
    ),
    steps: await keys("select data ->> 'key' as key from store.document where collection = 'steps'"),
    detached: await keys("select data ->> 'key' as key from store.document where collection = 'detached'"),
    runs: await list(
      `select distinct on (cause) event -> 'data' ->> 'key' as key, status, error from automations.execution
       order by cause, attempt desc`,
    ),
    ticks: await list(
      "select data ->> 'minute' as minute, count(*)::int as count from store.document where collection = 'ticks' group by 1",
    ),
    charged: (
      await list<{ id: string }>(
        "select event_id as id from billing.entry where app_id = 'crashlab' and account like 'user:%'",
      )
    ).map(({ id }) => id),
    balance: balance ?? { balance: -1, entries: -1, held: -1, holds: -1 },
    total: total?.total ?? -1,
  }
}
