import { type KeyboardEvent, type ReactNode, useId } from 'react'
import { IconGlyph } from '../icons/icon-glyph.tsx'

export interface TabEntry {
  readonly id: string
  readonly label: string
  readonly icon?: string
  readonly badge?: string
  readonly content: ReactNode
}

export interface TabsProps {
  readonly tabs: readonly TabEntry[]
  readonly active: string
  readonly onChange: (id: string) => void
  readonly label?: string
}

/** Where a key leads from the tab at `index`, or null for every other key; arrows follow the direction of the text. */
function target(event: KeyboardEvent, index: number, count: number): number | null {
  const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1
  const step = { ArrowRight: forward, ArrowLeft: -forward }[event.key]
  if (step !== undefined) return (index + step + count) % count
  if (event.key === 'Home') return 0
  return event.key === 'End' ? count - 1 : null
}

/** Several contents, one of them mounted; arrows, Home and End move along the bar. */
export function Tabs({ tabs, active, onChange, label }: TabsProps) {
  const base = useId()
  const current = tabs.find((tab) => tab.id === active) ?? tabs[0]
  const idOf = (part: 'tab' | 'panel', tab: TabEntry) => `${base}-${part}-${tabs.indexOf(tab)}`
  const onKeyDown = (event: KeyboardEvent) => {
    const modified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey
    const next = current && !modified ? target(event, tabs.indexOf(current), tabs.length) : null
    const tab = next === null ? undefined : tabs[next]
    if (tab === undefined) return
    event.preventDefault()
    document.getElementById(idOf('tab', tab))?.focus()
  }
  const choose = (tab: TabEntry) => {
    if (tab !== current) onChange(tab.id)
  }
  return (
    <div className="im-tabs">
      <div role="tablist" className="im-tab-bar" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={idOf('tab', tab)}
            className="im-tab"
            aria-selected={tab === current}
            aria-controls={tab === current ? idOf('panel', tab) : undefined}
            data-state={tab === current ? 'active' : 'inactive'}
            tabIndex={tab === current ? 0 : -1}
            onFocus={() => choose(tab)}
            onClick={() => choose(tab)} // Safari gives no focus to what is pressed
          >
            {tab.icon ? <IconGlyph name={tab.icon} size={16} /> : null}
            {tab.label}
            {tab.badge ? <span className="im-tab-count">{tab.badge}</span> : null}
          </button>
        ))}
      </div>
      {current ? (
        <div
          key={current.id}
          role="tabpanel"
          id={idOf('panel', current)}
          className="im-tab-panel"
          aria-labelledby={idOf('tab', current)}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a panel without controls must be reachable from its tab
          tabIndex={0}
        >
          {current.content}
        </div>
      ) : null}
    </div>
  )
}
