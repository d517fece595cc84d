import { AppIcon as Picture } from '../../components/app-icon.tsx'
import { ownAddress } from '../../data/apps.ts'

/** The picture of an app as routes name it; its letters on a tile when it has none or it cannot be loaded. */
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
  return <Picture app={{ appId, name, icon: ownAddress(url) }} size={size} />
}
