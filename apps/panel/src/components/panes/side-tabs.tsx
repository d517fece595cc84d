import { IconGlyph } from '@imperal/ui-kit'
import type { KeyboardEvent } from 'react'
import type { App, PanelSpec } from '../../data/apps.ts'
import { chooseTab } from '../../data/workspace/open-app.ts'

export interface SideTabsProps {
  readonly app: App
  readonly panels: readonly PanelSpec[]
  readonly active: string
  readonly label: string
}

/** Several panels of one side as tabs in the order of their declaration; only the chosen one is fetched. */
export function SideTabs({ app, panels, active, label }: SideTabsProps) {
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const at = panels.findIndex((panel) => panel.panelId === active)
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: panels.length - 1 }[event.key]
    const panel = next === undefined ? undefined : panels[(next + panels.length) % panels.length]
    if (!panel) return
    event.preventDefault()
    chooseTab(app, panel.panelId)
    event.currentTarget.querySelector<HTMLElement>(`[data-panel="${CSS.escape(panel.panelId)}"]`)?.focus()
  }
  return (
    <div className="side-tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {panels.map((panel) => (
        <button
          key={panel.panelId}
          type="button"
          role="tab"
          data-panel={panel.panelId}
          aria-selected={panel.panelId === active}
          tabIndex={panel.panelId === active ? 0 : -1}
          onClick={() => chooseTab(app, panel.panelId)}
        >
          {panel.icon === '' ? null : <IconGlyph name={panel.icon} size={14} />}
          {panel.title}
        </button>
      ))}
    </div>
  )
}
