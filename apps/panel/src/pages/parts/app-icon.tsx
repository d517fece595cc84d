import { AppTile } from '@imperal/ui-kit'
import { useState } from 'react'
import { ownAddress } from '../../data/apps.ts'

/** The picture of an app; its letters on a tile when it has none or it cannot be loaded. */
export function AppIcon({
  appId,
  name,
  url = '',
  size = 40,
}: {
  readonly appId: string
  readonly name: string
  readonly url?: string | undefined
  readonly size?: number
}) {
  const [failed, setFailed] = useState('')
  if (url === '' || failed === url) return <AppTile appId={appId} name={name} size={size} />
  return (
    <img
      className="pg-app-icon"
      src={ownAddress(url)}
      alt=""
      width={size}
      height={size}
      loading="lazy"
      decoding="async"
      onError={() => setFailed(url)}
    />
  )
}
