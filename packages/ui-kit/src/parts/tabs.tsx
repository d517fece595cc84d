import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
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

/** Several contents, one of them mounted; arrows, Home and End move along the bar. */
export function Tabs({ tabs, active, onChange, label }: TabsProps) {
  return (
    <Radix.Root className="im-tabs" value={active} onValueChange={onChange} activationMode="automatic">
      <Radix.List className="im-tab-bar" aria-label={label}>
        {tabs.map((tab) => (
          <Radix.Trigger key={tab.id} className="im-tab" value={tab.id}>
            {tab.icon ? <IconGlyph name={tab.icon} size={16} /> : null}
            {tab.label}
            {tab.badge ? <span className="im-tab-count">{tab.badge}</span> : null}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.id} className="im-tab-panel" value={tab.id}>
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}
