import { IconButton } from '@imperal/ui-kit'
import { type ReactNode, useEffect, useRef } from 'react'
import type { App, PanelSpec } from '../../data/apps.ts'
import { go } from '../../data/navigation.ts'
import { t } from '../../i18n/index.ts'
import { Pane } from './pane.tsx'

/** Puts the center panel away and shows the chat. */
export const closeCenter = (app: App): void => go(`/ext/${app.appId}`)

const INSIDE_OVERLAY = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]'

export interface CenterPaneProps {
  readonly app: App
  readonly spec: PanelSpec
  readonly covers: boolean
  readonly handles: { readonly left: ReactNode; readonly right: ReactNode }
}

/** The panel in the middle. Its title takes the focus when it opens; Escape goes back to the chat. */
export function CenterPane({ app, spec, covers, handles }: CenterPaneProps) {
  const section = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another panel is another place
  useEffect(() => {
    const pane = section.current
    // A field that took the focus by itself keeps it.
    if (pane && !pane.contains(document.activeElement)) {
      pane.querySelector<HTMLElement>('[data-pane-title]')?.focus({ preventScroll: true })
    }
  }, [spec.panelId])
  return (
    <section
      ref={section}
      className="pane pane-center"
      aria-label={t('{name}, center panel', { name: app.name })}
      data-pane="center"
      tabIndex={-1}
      onKeyDown={(event) => {
        const target = event.target as HTMLElement
        if (event.key !== 'Escape' || event.defaultPrevented || target.closest(INSIDE_OVERLAY)) return
        if (section.current?.contains(target)) closeCenter(app)
      }}
    >
      <Pane
        key={spec.panelId}
        app={app}
        spec={spec}
        before={
          <>
            {handles.left}
            {covers ? <IconButton icon="ArrowLeft" label={t('Back')} onClick={() => closeCenter(app)} /> : null}
          </>
        }
        buttons={
          <>
            {covers ? null : <IconButton icon="X" label={t('Close panel')} onClick={() => closeCenter(app)} />}
            {handles.right}
          </>
        }
      />
    </section>
  )
}
