import { IconGlyph } from '@imperal/ui-kit'
import { useEffect } from 'react'
import { type App, useApps } from '../../data/apps.ts'
import { useStore } from '../../data/store.ts'
import { followWidgets, type Widget, widgets } from '../../data/widgets.ts'
import { t } from '../../i18n/index.ts'
import { AppIcon } from '../app-icon.tsx'
import { UiTree } from '../lazy-parts.tsx'
import { useUiHost } from '../panes/use-ui-host.ts'
import '../../styles/dashboard.css'

/** What apps show at a glance on the start page of the assistant; nothing where none of them has a widget (ui 5.11). */
export function DashboardWidgets() {
  const apps = useApps()
  const all = useStore(widgets)
  useEffect(() => followWidgets(apps), [apps])
  const shown = all.flatMap((widget) => {
    const app = apps.find((one) => one.appId === widget.appId)
    return app && widget.tree !== undefined && widget.tree !== null ? [{ app, widget }] : []
  })
  if (shown.length === 0) return null
  return (
    <section className="dashboard" aria-label={t('At a glance')}>
      {shown.map(({ app, widget }) => (
        <WidgetCell key={`${app.appId}/${widget.widgetId}`} app={app} widget={widget} />
      ))}
    </section>
  )
}

function WidgetCell({ app, widget }: { readonly app: App; readonly widget: Widget }) {
  const host = useUiHost(app)
  return (
    <section className="dashboard-cell" aria-label={widget.label || app.name} data-dim={widget.dim}>
      <header>
        {widget.icon === '' ? <AppIcon app={app} size={16} /> : <IconGlyph name={widget.icon} size={14} placeholder />}
        <span>{widget.label || app.name}</span>
      </header>
      <UiTree node={widget.tree} host={host} headingOffset={3} />
    </section>
  )
}
