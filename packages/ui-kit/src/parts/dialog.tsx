import type { UiConfirmation } from '@imperal/contract/ui'
import type { ReactNode } from 'react'
import { say } from '../words.ts'
import { Button } from './button.tsx'
import { useLayers } from './layers.ts'

export interface DialogProps {
  readonly open: boolean
  /** Called with false when the person closes it by Escape, backdrop or the cross. */
  readonly onOpenChange: (open: boolean) => void
  readonly title: ReactNode
  readonly subtitle?: ReactNode
  /** A line above the title that says whose dialog this is. */
  readonly owner?: ReactNode
  readonly children?: ReactNode
  readonly footer?: ReactNode
  readonly size?: 'xs' | 'sm' | 'md' | 'lg' | 'xl' | '2xl' | 'full'
  /** A checked CSS length that wins over `size`. */
  readonly maxWidth?: string | undefined
  readonly dismissible?: boolean
  /** Announced as an alert: no cross, no closing by accident, focus on the first button of the footer. */
  readonly destructive?: boolean
  readonly layer?: 'app' | 'host'
  readonly container?: HTMLElement | null | undefined
}

/** A dialog with a focus trap; a sheet from below on phones. */
export function Dialog(props: DialogProps) {
  const layers = useLayers(props.open, () => props.onOpenChange(false))
  return layers ? <layers.Dialog {...props} /> : null
}

export interface SlideOverProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: ReactNode
  readonly subtitle?: ReactNode
  readonly owner?: ReactNode
  readonly children?: ReactNode
  readonly width?: 'sm' | 'md' | 'lg' | 'xl'
  readonly layer?: 'app' | 'host'
  readonly container?: HTMLElement | null | undefined
}

/** A sheet from the side, as high as the window. */
export function SlideOver(props: SlideOverProps) {
  const layers = useLayers(props.open, () => props.onOpenChange(false))
  return layers ? <layers.SlideOver {...props} /> : null
}

export interface ConfirmDialogProps {
  readonly request: UiConfirmation | null
  readonly owner?: ReactNode
  readonly container?: HTMLElement | null | undefined
  readonly onAnswer: (accepted: boolean) => void
}

/** The host's question before an action: Cancel has the focus, Escape declines. */
export function ConfirmDialog({ request, owner, container, onAnswer }: ConfirmDialogProps) {
  const destructive = request?.destructive ?? false
  return (
    <Dialog
      open={request !== null}
      onOpenChange={(open) => !open && onAnswer(false)}
      title={request?.title || say('Please confirm')}
      owner={owner}
      size="sm"
      destructive
      container={container}
      footer={
        <>
          <Button onClick={() => onAnswer(false)}>{say('Cancel')}</Button>
          <Button variant={destructive ? 'danger' : 'primary'} onClick={() => onAnswer(true)}>
            {request?.confirmLabel || say('Continue')}
          </Button>
        </>
      }
    >
      <p className="im-confirm-text">{request?.message}</p>
    </Dialog>
  )
}
