import { AppTile } from '@imperal/ui-kit'
import { useState } from 'react'
import type { App } from '../data/apps.ts'

/** The picture of an app; its letters when it has none or the picture cannot be read. Always decorative. */
export function AppIcon({
  app,
  size = 20,
}: {
  readonly app: Pick<App, 'appId' | 'name' | 'icon'>
  readonly size?: number
}) {
  const [failed, setFailed] = useState('')
  if (app.icon === '' || failed === app.icon) return <AppTile appId={app.appId} name={app.name} size={size} />
  return (
    <img
      className="app-icon"
      src={app.icon}
      alt=""
      width={size}
      height={size}
      decoding="async"
      onError={() => setFailed(app.icon)}
    />
  )
}
