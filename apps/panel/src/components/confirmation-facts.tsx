import type { ConfirmationItem, JsonObject } from '@imperal/contract'
import type { FieldChoices } from '@imperal/ui-kit'
import type { ReactNode } from 'react'
import { type App, useApps } from '../data/apps.ts'
import { nameOf, onlyGiven, useIdChoices } from '../data/id-choices.ts'
import { t } from '../i18n/index.ts'
import { kindWord } from '../i18n/words.ts'
import { counted } from '../pages/parts/figures.ts'
import { humanFunction } from './function-words.tsx'
import { shortTime } from './time-text.tsx'

const LONGEST = 200
const words = (name: string): string => {
  const text = name.replaceAll('_', ' ').trim()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.length > 3 ? counted(value.length, 'item') : value.map(valueText).join(' · ')
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const NO_NAMES: FieldChoices = {}

/** The arguments of a stored call as label and value; an id whose name is known stands behind that name. */
export function ArgumentFacts({
  args,
  names = NO_NAMES,
}: {
  readonly args: JsonObject
  readonly names?: FieldChoices
}) {
  const known = new Set(Object.entries(args).map(([name, value]) => nameOf(names, name, value)))
  // A title that came with its id would say the same again.
  const entries = Object.entries(args).filter(([, value]) => typeof value !== 'string' || !known.has(value))
  if (entries.length === 0) return null
  return (
    <dl className="facts">
      {entries.map(([name, value]) => {
        const id = valueText(value)
        const called = nameOf(names, name, value)
        const text = called ?? id
        return (
          <div key={name}>
            <dt>{words(called === undefined ? name : name.replace(/_id$/, ''))}</dt>
            <dd dir="auto" title={called !== undefined ? id : text.length > LONGEST ? text : undefined}>
              {text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

interface NamedFactsProps {
  readonly app: App
  readonly schema: JsonObject
  readonly args: JsonObject
}

/** The names come from the app's own lists, read for the ids that will run, not from what the asking call says of them. */
function NamedFacts({ app, schema, args }: NamedFactsProps) {
  return <ArgumentFacts args={args} names={useIdChoices(app, onlyGiven(schema, args)) ?? NO_NAMES} />
}

interface ItemFactsProps {
  readonly item: ConfirmationItem
  /** One of several: each says what it is. */
  readonly named: boolean
}

function ItemFacts({ item, named }: ItemFactsProps) {
  const app = useApps().find((one) => one.appId === item.app_id)
  const made = app?.functions.find((one) => one.name === item.tool)
  const happens = made?.description ?? ''
  return (
    <div className="confirmation-item">
      {named ? (
        <p className="confirmation-title">
          {app?.name ?? item.app_id}: {humanFunction(item.tool)}
        </p>
      ) : null}
      <dl className="facts">
        <Fact name={t('What happens')}>
          {happens === '' ? humanFunction(item.tool) : happens} ({kindWord(item.action_type)})
        </Fact>
      </dl>
      {app === undefined || made === undefined ? (
        <ArgumentFacts args={item.args_masked} />
      ) : (
        <NamedFacts app={app} schema={made.schema} args={item.args_masked} />
      )}
    </div>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd dir="auto">{children}</dd>
    </div>
  )
}

export interface ConfirmationBodyProps {
  readonly appName: string
  readonly title: string
  readonly message: string
  readonly items: readonly ConfirmationItem[]
  /** ISO 8601. */
  readonly expiresAt: string
}

/** What a person decides about: who wants to run what, with which arguments, for how much, and until when. */
export function ConfirmationBody({ appName, title, message, items, expiresAt }: ConfirmationBodyProps) {
  const price = items.reduce((sum, item) => sum + item.price, 0)
  const names = [...new Set(items.map((item) => item.tool))]
  return (
    <>
      <p className="confirmation-who">
        {t('{name} wants to run', { name: appName })}{' '}
        {names.map((name, index) => (
          <span key={name}>
            {index > 0 ? ', ' : ''}
            <code>{name}</code>
          </span>
        ))}
      </p>
      <p className="confirmation-title" dir="auto">
        {title}
      </p>
      {message ? (
        <p className="confirmation-message" dir="auto">
          {message}
        </p>
      ) : null}
      {items.map((item) => (
        <ItemFacts key={item.index} item={item} named={items.length > 1} />
      ))}
      <dl className="facts">
        <Fact name={t('Costs')}>{price === 0 ? t('nothing') : counted(price, 'credit')}</Fact>
        <Fact name={t('Until')}>{t('{time}, then nothing runs', { time: shortTime(new Date(expiresAt)) })}</Fact>
      </dl>
    </>
  )
}

/** What a person has to know about money beside the call itself: that it is theirs to decide, and what happens then. */
export function MoneyNote({ runs }: { readonly runs: boolean }) {
  return (
    <p className="confirmation-note">
      {runs
        ? t('This moves money. It happens when you release it here.')
        : t('This moves money. Release it here, and the program that asked can do it once.')}
    </p>
  )
}

/** The word on the button that lets it run. */
export const acceptLabel = (items: readonly ConfirmationItem[]): string =>
  items.length === 1 ? (items[0]?.label ?? t('Confirm')) : t('Confirm {count} calls', { count: items.length })

export const isDestructive = (items: readonly ConfirmationItem[]): boolean =>
  items.some((item) => item.action_type === 'destructive')
