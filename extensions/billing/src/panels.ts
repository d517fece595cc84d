import { type LimitsResult, type Reader, readerOf, type UINode, ui } from '@imperal/sdk'
import * as z from 'zod'
import { ext } from './extension.ts'
import { credits } from './functions.ts'

const SHOWN = 10
const MOST = 200

const inWords = (name: string): string => {
  const words = name.replaceAll(/[_.-]+/g, ' ').trim()
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

const isEndless = (limit: number | undefined): boolean => limit === undefined || limit < 0

function filled(name: string, [used, limit]: readonly [number, number], reader: Reader): UINode {
  const color = used >= limit ? 'red' : used >= limit * 0.8 ? 'yellow' : 'blue'
  const label = `${inWords(name)}: ${reader.number(used)} of ${reader.number(limit)}`
  return ui.Progress(Math.min(used, limit), { max: Math.max(1, limit), label, color })
}

/** What was used this month: against its limit, or alone where the plan has none. */
function meters({ usage, limits }: Pick<LimitsResult, 'usage' | 'limits'>, reader: Reader): UINode[] {
  const names = [...new Set([...Object.keys(usage), ...Object.keys(limits)])].sort()
  const endless = names
    .filter((name) => isEndless(limits[name]))
    .map((name) => ({ key: inWords(name), value: `${reader.number(usage[name] ?? 0)}, no limit` }))
  return [
    ...names
      .filter((name) => !isEndless(limits[name]))
      .map((name) => filled(name, [usage[name] ?? 0, limits[name] ?? 0], reader)),
    ...(endless.length === 0 ? [] : [ui.KeyValue(endless)]),
  ]
}

const signed = (amount: number, reader: Reader): string => `${amount > 0 ? '+' : ''}${credits(amount, reader)}`
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
    const reader = readerOf(ctx)
    const ends = reader.day(subscription.currentPeriodEnd)
    const goesOn = subscription.cancelAtPeriodEnd ? `ends on ${ends}` : `renews on ${ends}`
    const used = meters(limits, reader)
    const rows = entries.slice(0, shown).map((entry) =>
      ui.ListItem(String(entry.id), entry.description || inWords(entry.reason), {
        icon: entry.amount < 0 ? 'ArrowUpRight' : 'ArrowDownLeft',
        subtitle: [entry.appId ?? '', reader.day(entry.createdAt)].filter((text) => text !== '').join(' · '),
        meta: signed(entry.amount, reader),
      }),
    )
    return ui.Stack(
      [
        ui.Stats([
          ui.Stat('Balance', credits(balance, reader), { icon: 'Coins' }),
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
        ...(used.length === 0 ? [] : [ui.Header('Used this month', { level: 1 }), ...used]),
        ui.Header('Movements', { level: 1 }),
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
