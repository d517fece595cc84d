import { AppTile, accentOf, hueOf } from '@imperal/ui-kit'
import { useState } from 'react'
import type { App } from '../data/apps.ts'

const DRAWING_SHARE = 0.68

/** The picture of an app on its tile; its letters when it has none or the picture cannot be read. Always decorative. */
export function AppIcon({
  app,
  size = 20,
}: {
  readonly app: Pick<App, 'appId' | 'name' | 'icon'> & Partial<Pick<App, 'ui'>>
  readonly size?: number
}) {
  const [failed, setFailed] = useState('')
  const accent = app.ui?.theme.accent_color ?? ''
  if (app.icon === '' || failed === app.icon)
    return <AppTile appId={app.appId} name={app.name} size={size} accent={accent} />
  const drawing = Math.round(size * DRAWING_SHARE)
  return (
    <span
      aria-hidden
      className="im-app-tile"
      data-hue={hueOf(app.appId)}
      style={{ width: size, height: size, ...accentOf(accent) }}
    >
      <img
        className="app-icon"
        src={app.icon}
        alt=""
        width={drawing}
        height={drawing}
        decoding="async"
        onError={() => setFailed(app.icon)}
      />
    </span>
  )
}
