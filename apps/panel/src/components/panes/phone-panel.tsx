import { EmptyState } from '@imperal/ui-kit'
import { useState } from 'react'
import { type App, findPanel, type PanelSpec } from '../../data/apps.ts'
import type { AppView, Side } from '../../data/workspace/workspace.ts'
import { t } from '../../i18n/index.ts'
import { CenterPane } from './center-pane.tsx'
import { Pane } from './pane.tsx'
import { useSide } from './use-side.ts'

export interface PhonePanelProps {
  readonly app: App
  readonly view: AppView
  readonly center: PanelSpec | undefined
}

const NO_HANDLES = { left: null, right: null }

/** The panels of an app on a phone: left and right as two tabs, and the center over both. */
export function PhonePanel({ app, view, center }: PhonePanelProps) {
  const left = useSide(app, view, 'left')
  const right = useSide(app, view, 'right')
  const [wanted, setWanted] = useState<Side>('left')
  const sides = (['left', 'right'] as const).filter((side) => (side === 'left' ? left : right).present)
  const side = sides.includes(wanted) ? wanted : sides[0]
  const active = side === undefined ? null : view.active[side]
  const spec = active === null ? undefined : findPanel(app, active)
  if (center) return <CenterPane app={app} spec={center} covers handles={NO_HANDLES} />
  if (!side || !spec) {
    return (
      <EmptyState icon="PanelLeft" message={t('{name} has no panels', { name: app.name })}>
        {t('Talk to it in the chat, for example “what can you do?”')}
      </EmptyState>
    )
  }
  return (
    <section
      className="pane"
      aria-label={
        side === 'left' ? t('{name}, left panel', { name: app.name }) : t('{name}, right panel', { name: app.name })
      }
      data-pane={side}
      tabIndex={-1}
    >
      {sides.length > 1 ? (
        <div className="side-tabs phone-sides" role="tablist" aria-label={t('Panels of {name}', { name: app.name })}>
          {sides.map((one) => (
            <button key={one} type="button" role="tab" aria-selected={one === side} onClick={() => setWanted(one)}>
              {findPanel(app, view.active[one] ?? '')?.title ?? one}
            </button>
          ))}
        </div>
      ) : null}
      <Pane key={spec.panelId} app={app} spec={spec} />
    </section>
  )
}
