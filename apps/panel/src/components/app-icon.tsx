import { AppTile, accentOf, hueOf } from '@imperal/ui-kit'
import { useState } from 'react'
import type { App } from '../data/apps.ts'
import { knownTone, readTone } from './icon-tone.ts'

const DRAWING_SHARE = 0.68
const cssUrl = (address: string): string => `url(${JSON.stringify(address)})`

/** The picture of an app on its tile; its letters when it has none or the picture cannot be read. Always decorative. */
export function AppIcon({
  app,
  size = 20,
}: {
  readonly app: Pick<App, 'appId' | 'name' | 'icon'> & Partial<Pick<App, 'ui'>>
  readonly size?: number
}) {
  const [failed, setFailed] = useState('')
  const [, setRead] = useState('')
  const accent = app.ui?.theme.accent_color ?? ''
  if (app.icon === '' || failed === app.icon)
    return <AppTile appId={app.appId} name={app.name} size={size} accent={accent} />
  const drawing = Math.round(size * DRAWING_SHARE)
  const tone = knownTone(app.icon)
  return (
    <span
      aria-hidden
      className="im-app-tile"
      data-hue={hueOf(app.appId)}
      style={{ width: size, height: size, ...accentOf(accent) }}
    >
      {tone === 'ink' ? (
        <span className="app-icon-ink" style={{ width: drawing, height: drawing, maskImage: cssUrl(app.icon) }} />
      ) : null}
      <img
        className="app-icon"
        data-tone={tone}
        src={app.icon}
        alt=""
        width={drawing}
        height={drawing}
        decoding="async"
        onLoad={({ currentTarget }) => {
          if (readTone(app.icon, currentTarget) !== tone) setRead(app.icon)
        }}
        onError={() => setFailed(app.icon)}
      />
    </span>
  )
}
