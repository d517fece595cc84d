import { lazy, Suspense } from 'react'
import { useApps } from '../../data/apps.ts'

const DashboardWidgets = lazy(async () => ({ default: (await import('./dashboard-widgets.tsx')).DashboardWidgets }))

/** The widgets of the start page; their code arrives only where an app has one. */
export function StartWidgets() {
  const any = useApps().some((app) => app.ui.widgets.length > 0)
  return any ? (
    <Suspense fallback={null}>
      <DashboardWidgets />
    </Suspense>
  ) : null
}
