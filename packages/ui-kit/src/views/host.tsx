import { useTree } from '../host/context.ts'
import { AppTile } from '../parts/display.tsx'
import { InnerNodes } from '../tree/node-view.tsx'
import type { ViewProps } from '../tree/view.ts'

/** An envelope for the shell: the counter and the dropdown are drawn in the top bar, nothing here (ui 5.8). */
export function TrayResponseView(_props: ViewProps<'TrayResponse'>) {
  return null
}

export function AppIconView({ props }: ViewProps<'AppIcon'>) {
  const { host } = useTree()
  const name = props.display_name || props.app_id
  const icon = props.app_id === host.appId ? (host.appIcon ?? '') : ''
  return (
    <span role="img" aria-label={name}>
      <AppTile appId={props.app_id} name={name} icon={icon} size={32} />
    </span>
  )
}

export function GhostView({ props }: ViewProps<'Ghost'>) {
  return props.child === null ? null : <InnerNodes nodes={[props.child]} />
}
