import type { ConfirmationItem, JsonObject } from '@imperal/contract'

const LONGEST = 200
const words = (name: string): string => {
  const text = name.replaceAll('_', ' ').trim()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.length > 3 ? `${value.length} items` : value.map(valueText).join(' · ')
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The arguments of a stored call as label and value. */
export function ArgumentFacts({ args }: { readonly args: JsonObject }) {
  const entries = Object.entries(args)
  if (entries.length === 0) return null
  return (
    <dl className="facts">
      {entries.map(([name, value]) => {
        const text = valueText(value)
        return (
          <div key={name}>
            <dt>{words(name)}</dt>
            <dd title={text.length > LONGEST ? text : undefined}>
              {text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

export interface ConfirmationBodyProps {
  readonly appName: string
  readonly title: string
  readonly message: string
  readonly items: readonly ConfirmationItem[]
}

/** What a person decides about: who wants to run what, with which arguments. */
export function ConfirmationBody({ appName, title, message, items }: ConfirmationBodyProps) {
  const names = [...new Set(items.map((item) => item.tool))]
  return (
    <>
      <p className="confirmation-who">
        {appName} wants to run{' '}
        {names.map((name, index) => (
          <span key={name}>
            {index > 0 ? ', ' : ''}
            <code>{name}</code>
          </span>
        ))}
      </p>
      <p className="confirmation-title">{title}</p>
      {message ? <p className="confirmation-message">{message}</p> : null}
      {items.map((item) => (
        <ArgumentFacts key={item.index} args={item.args_masked} />
      ))}
    </>
  )
}

/** The word on the button that lets it run. */
export const acceptLabel = (items: readonly ConfirmationItem[]): string =>
  items.length === 1 ? (items[0]?.label ?? 'Confirm') : `Confirm ${items.length} calls`

export const isDestructive = (items: readonly ConfirmationItem[]): boolean =>
  items.some((item) => item.action_type === 'destructive')
