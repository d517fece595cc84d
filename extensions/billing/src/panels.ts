import { type LimitsResult, type UINode, ui } from '@imperal/sdk'
import * as z from 'zod'
import { ext } from './extension.ts'
import { credits } from './functions.ts'

const SHOWN = 10
const MOST = 200

interface Caller {
  readonly time: { readonly timezone: string }
  readonly user: { readonly attributes: { readonly [name: string]: unknown } } | null
}

/** The day of a moment as its reader writes it. */
function day(moment: string | null, { time, user }: Caller): string {
  const at = moment === null ? Number.NaN : Date.parse(moment)
  if (Number.isNaN(at)) return ''
  const language = user?.attributes.language
  const locale = typeof language === 'string' && language !== '' ? language : 'en-GB'
  return new Intl.DateTimeFormat(locale, { timeZone: time.timezone, dateStyle: 'medium' }).format(at)
}

const inWords = (name: string): string => {
  const words = name.replaceAll(/[_.-]+/g, ' ').trim()
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

const isEndless = (limit: number | undefined): boolean => limit === undefined || limit < 0

function filled(name: string, used: number, limit: number): UINode {
  const color = used >= limit ? 'red' : used >= limit * 0.8 ? 'yellow' : 'blue'
  const label = `${inWords(name)}: ${used.toLocaleString('en')} of ${limit.toLocaleString('en')}`
  return ui.Progress(Math.min(used, limit), { max: Math.max(1, limit), label, color })
}

/** What was used this month: against its limit, or alone where the plan has none. */
function meters({ usage, limits }: Pick<LimitsResult, 'usage' | 'limits'>): UINode[] {
  const names = [...new Set([...Object.keys(usage), ...Object.keys(limits)])].sort()
  const endless = names
    .filter((name) => isEndless(limits[name]))
    .map((name) => ({ key: inWords(name), value: `${(usage[name] ?? 0).toLocaleString('en')}, no limit` }))
  return [
    ...names
      .filter((name) => !isEndless(limits[name]))
      .map((name) => filled(name, usage[name] ?? 0, limits[name] ?? 0)),
    ...(endless.length === 0 ? [] : [ui.KeyValue(endless)]),
  ]
}

const signed = (amount: number): string => `${amount > 0 ? '+' : ''}${credits(amount)}`
const wallet = (label: string, section: string, icon: string, variant: 'primary' | 'secondary' = 'secondary') =>
  ui.Button(label, { icon, size: 'sm', variant, onClick: ui.Navigate(`/wallet/${section}`) })

ext.panel(
  'wallet',
  {
    slot: 'left',
    title: 'Billing',
    icon: 'Wallet',
    // Every call may cost something, so there is no one event to wait for.
    refresh: 'interval:60s',
    defaultWidth: 340,
    params: z.object({ shown: z.coerce.number().int().min(1).max(MOST).default(SHOWN) }),
  },
  async (ctx, { shown }) => {
    const [{ balance, plan }, subscription, limits, entries] = await Promise.all([
      ctx.billing.getBalance(),
      ctx.billing.getSubscription(),
      ctx.billing.checkLimits(),
      ctx.billing.listEntries(Math.min(MOST, shown + 1)),
    ])
    const ends = day(subscription.currentPeriodEnd, ctx)
    const goesOn = subscription.cancelAtPeriodEnd ? `ends on ${ends}` : `renews on ${ends}`
    const used = meters(limits)
    const rows = entries.slice(0, shown).map((entry) =>
      ui.ListItem(String(entry.id), entry.description || inWords(entry.reason), {
        icon: entry.amount < 0 ? 'ArrowUpRight' : 'ArrowDownLeft',
        subtitle: [entry.appId ?? '', day(entry.createdAt, ctx)].filter((text) => text !== '').join(' · '),
        meta: signed(entry.amount),
      }),
    )
    return ui.Stack(
      [
        ui.Stats([
          ui.Stat('Balance', credits(balance), { icon: 'Coins' }),
          ui.Stat('Plan', subscription.planName || inWords(plan), { icon: 'BadgeCheck' }),
        ]),
        ...(ends === '' ? [] : [ui.Text(`Your plan ${goesOn}.`, { variant: 'caption' })]),
        ...(limits.anyExceeded
          ? [
              ui.Alert(`Used up: ${limits.exceeded.map(inWords).join(', ')}. A larger plan has more.`, {
                type: 'warning',
              }),
            ]
          : []),
        ui.Stack(
          [
            wallet('Add credits', 'credits', 'Plus', 'primary'),
            wallet('Plans', 'plans', 'ArrowLeftRight'),
            wallet('Payments', 'payments', 'CreditCard'),
          ],
          { direction: 'h', wrap: true },
        ),
        ...(used.length === 0 ? [] : [ui.Header('Used this month', { level: 3 }), ...used]),
        ui.Header('Movements', { level: 3 }),
        rows.length === 0 ? ui.Text('Nothing was added or used yet.', { variant: 'caption' }) : ui.List(rows),
        ...(entries.length > shown && shown < MOST
          ? [
              ui.Button('Show more', {
                size: 'sm',
                variant: 'ghost',
                onClick: ui.Call('__panel__wallet', { shown: Math.min(MOST, shown + 20) }),
              }),
            ]
          : []),
      ],
      { gap: 3 },
    )
  },
)
