import type { UiNode, UiProps } from '@imperal/contract/ui'
import { type ReactNode, useEffect, useState } from 'react'
import { useTree } from '../host/context.ts'
import { useAct } from '../host/use-act.ts'
import { Button } from '../parts/button.tsx'
import { Dialog, SlideOver } from '../parts/dialog.tsx'
import { AppTile } from '../parts/display.tsx'
import { InlineError } from '../parts/states.tsx'
import { InnerNodes } from '../tree/node-view.tsx'
import type { ViewProps } from '../tree/view.ts'

/** Stays closed across refreshes that declare the same; opens again with a new `openKey` (ui 1.5). */
function useOpen(declared: boolean): readonly [boolean, (open: boolean) => void] {
  const { openKey } = useTree()
  const [open, setOpen] = useState(declared)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new key opens it again even when the prop is the same
  useEffect(() => setOpen(declared), [declared, openKey])
  return [open, setOpen]
}

/** Every overlay of an app carries the app's mark, so that it cannot pose as the host (ui 6.4). */
function useOwner(): ReactNode {
  const { host } = useTree()
  const name = host.appName ?? host.appId
  return (
    <>
      <AppTile appId={host.appId} name={name} icon={host.appIcon ?? ''} size={16} />
      {name}
    </>
  )
}

export function DialogView({ node, props }: ViewProps<'Dialog'>) {
  return <Overlay node={node} props={props} />
}

export function ModalView({ node, props }: ViewProps<'Modal'>) {
  return <Overlay node={node} props={props} />
}

function Overlay({ node, props }: { readonly node: UiNode; readonly props: UiProps<'Dialog'> }) {
  const { host } = useTree()
  const [open, setOpen] = useOpen(props.open)
  const confirming = useAct(node.path, 'overlay')
  const closing = useAct(node.path, 'overlay')
  const owner = useOwner()
  const close = () => {
    setOpen(false)
    void closing.run(props.on_close)
  }
  const accept = async () => {
    const outcome = await confirming.run(props.on_confirm)
    if (props.on_confirm === null || outcome?.ok) setOpen(false)
  }
  const confirm = props.confirm_label ? (
    <Button variant={props.destructive ? 'danger' : 'primary'} pending={confirming.pending} onClick={accept}>
      {props.confirm_label}
    </Button>
  ) : null
  const cancel = props.cancel_label ? <Button onClick={close}>{props.cancel_label}</Button> : null
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && close()}
      title={props.title || (host.appName ?? host.appId)}
      subtitle={props.subtitle}
      owner={owner}
      size={props.size}
      maxWidth={props.max_width || undefined}
      dismissible={props.dismissible}
      destructive={props.destructive}
      layer="app"
      container={host.overlayContainer}
      footer={
        confirm || cancel ? (
          <>
            {confirming.error ? <InlineError>{confirming.error.message}</InlineError> : null}
            {cancel}
            {confirm}
          </>
        ) : null
      }
    >
      {props.content.length > 0 ? <InnerNodes nodes={props.content} /> : null}
    </Dialog>
  )
}

export function SlideOverView({ node, props }: ViewProps<'SlideOver'>) {
  const { host } = useTree()
  const [open, setOpen] = useOpen(props.open)
  const act = useAct(node.path, 'overlay')
  const owner = useOwner()
  const close = () => {
    setOpen(false)
    void act.run(props.on_close)
  }
  return (
    <SlideOver
      open={open}
      onOpenChange={(next) => !next && close()}
      title={props.title}
      subtitle={props.subtitle}
      owner={owner}
      width={props.width}
      layer="app"
      container={host.overlayContainer}
    >
      <InnerNodes nodes={props.children} />
    </SlideOver>
  )
}
