import type { UiConfirmation } from '@imperal/contract/ui'
import { Dialog as Radix } from 'radix-ui'
import { type CSSProperties, type ReactNode, useRef } from 'react'
import { say } from '../words.ts'
import { Button, IconButton } from './button.tsx'
import { classes } from './class-names.ts'
import { returnFocus } from './return-focus.ts'

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

const FIELD = 'input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea:not(:disabled)'

/** A dialog with a focus trap; a sheet from below on phones. */
export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, subtitle, owner, children, footer, size = 'md', maxWidth, container } = props
  const { dismissible = true, destructive = false, layer = 'host' } = props
  const content = useRef<HTMLDivElement>(null)
  const keep = (event: Event) => {
    if (!dismissible || destructive) event.preventDefault()
  }
  const style = maxWidth ? ({ '--im-max': maxWidth } as CSSProperties) : undefined
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal container={container ?? undefined}>
        <Radix.Overlay className="im-scrim" data-layer={layer} />
        <Radix.Content
          ref={content}
          className={classes('im-dialog', `im-dialog-${size}`)}
          data-layer={layer}
          style={style}
          role={destructive ? 'alertdialog' : 'dialog'}
          aria-modal="true"
          {...(subtitle ? {} : { 'aria-describedby': undefined })}
          onEscapeKeyDown={dismissible ? undefined : keep}
          onPointerDownOutside={keep}
          onInteractOutside={keep}
          onCloseAutoFocus={returnFocus}
          onOpenAutoFocus={(event) => {
            const target = destructive
              ? content.current?.querySelector<HTMLElement>('.im-dialog-foot button')
              : content.current?.querySelector<HTMLElement>(FIELD)
            if (!target) return
            event.preventDefault()
            target.focus()
          }}
        >
          <header className="im-dialog-head">
            <div>
              {owner ? <p className="im-dialog-owner">{owner}</p> : null}
              <Radix.Title className="im-dialog-title">{title}</Radix.Title>
              {subtitle ? <Radix.Description className="im-dialog-subtitle">{subtitle}</Radix.Description> : null}
            </div>
            {dismissible && !destructive ? (
              <Radix.Close asChild>
                <IconButton icon="X" label={say('Close')} />
              </Radix.Close>
            ) : null}
          </header>
          {children ? <div className="im-dialog-body">{children}</div> : null}
          {footer ? <footer className="im-dialog-foot">{footer}</footer> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
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
  const { open, onOpenChange, title, subtitle, owner, children, width = 'md', layer = 'host', container } = props
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal container={container ?? undefined}>
        <Radix.Overlay className="im-scrim" data-layer={layer} />
        <Radix.Content
          className={classes('im-slide-over', `im-slide-${width}`)}
          data-layer={layer}
          aria-modal="true"
          {...(subtitle ? {} : { 'aria-describedby': undefined })}
          onCloseAutoFocus={returnFocus}
        >
          <header className="im-dialog-head">
            <div>
              {owner ? <p className="im-dialog-owner">{owner}</p> : null}
              <Radix.Title className="im-dialog-title">{title}</Radix.Title>
              {subtitle ? <Radix.Description className="im-dialog-subtitle">{subtitle}</Radix.Description> : null}
            </div>
            <Radix.Close asChild>
              <IconButton icon="X" label={say('Close')} />
            </Radix.Close>
          </header>
          <div className="im-dialog-body">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
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
