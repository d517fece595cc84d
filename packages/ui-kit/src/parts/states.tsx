import type { ReactNode } from 'react'
import { useState } from 'react'
import type { ToastVariant } from '../host/ui-host.ts'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { say } from '../words.ts'
import { Button, IconButton } from './button.tsx'
import { classes } from './class-names.ts'

const ALERT_ICON: Readonly<Record<ToastVariant, string>> = {
  info: 'Info',
  success: 'CircleCheck',
  warn: 'TriangleAlert',
  error: 'CircleAlert',
}

/** The icon that goes with an alert, a toast or a callout. */
export function variantIcon(variant: ToastVariant): string {
  return ALERT_ICON[variant]
}

export interface AlertProps {
  readonly variant?: ToastVariant
  readonly title?: ReactNode
  readonly children: ReactNode
  readonly onDismiss?: (() => void) | undefined
  readonly action?: ReactNode
}

/** Something the reader should know; never by colour alone. */
export function Alert({ variant = 'info', title, children, onDismiss, action }: AlertProps) {
  return (
    <div
      className="im-alert"
      data-variant={variant}
      role={variant === 'warn' || variant === 'error' ? 'alert' : 'status'}
    >
      <IconGlyph name={variantIcon(variant)} size={16} />
      <div className="im-alert-text">
        {title ? <strong>{title}</strong> : null}
        <div>{children}</div>
      </div>
      {action}
      {onDismiss ? <IconButton icon="X" label={say('Dismiss')} onClick={onDismiss} /> : null}
    </div>
  )
}

export interface EmptyStateProps {
  readonly icon?: string
  readonly message: ReactNode
  readonly children?: ReactNode
  readonly action?: ReactNode
}

/** What would be here, and the fastest way to fill it. */
export function EmptyState({ icon = 'Inbox', message, children, action }: EmptyStateProps) {
  return (
    <div className="im-empty">
      <IconGlyph name={icon} size={20} placeholder />
      <p className="im-empty-line">{message}</p>
      {children ? <div className="im-empty-more">{children}</div> : null}
      {action}
    </div>
  )
}

export interface ErrorStateProps {
  readonly title?: ReactNode
  readonly message: ReactNode
  readonly code?: string | undefined
  readonly retryLabel?: string
  readonly onRetry?: (() => void) | undefined
  readonly pending?: boolean
  readonly className?: string
}

/** What failed, and how to try again. */
export function ErrorState({
  title,
  message,
  code,
  retryLabel = say('Try again'),
  onRetry,
  pending,
  className,
}: ErrorStateProps) {
  return (
    <div role="alert" className={classes('im-error', className)}>
      <IconGlyph name="CircleAlert" size={20} />
      {title ? <p className="im-error-title">{title}</p> : null}
      <p className="im-error-message">{message}</p>
      <div className="im-error-foot">
        {onRetry ? (
          <Button size="sm" pending={pending ?? false} onClick={onRetry}>
            {retryLabel}
          </Button>
        ) : null}
        {code ? <code>{code}</code> : null}
      </div>
    </div>
  )
}

/** A short red sentence beside the control that failed. */
export function InlineError({ children }: { readonly children: ReactNode }) {
  return (
    <p role="alert" className="im-inline-error">
      <IconGlyph name="CircleAlert" size={14} />
      <span>{children}</span>
    </p>
  )
}

// A page that came by plain http from another machine has no clipboard, whatever the types say.
const copied = (text: string): Promise<boolean> =>
  navigator.clipboard === undefined
    ? Promise.resolve(false)
    : navigator.clipboard.writeText(text).then(
        () => true,
        () => false,
      )

/** A button that copies text and says so for a moment. */
export function CopyButton({ text, label = say('Copy') }: { readonly text: string; readonly label?: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  const copy = async () => {
    setState((await copied(text)) ? 'copied' : 'failed')
    setTimeout(() => setState('idle'), 1_500)
  }
  const words = state === 'copied' ? say('Copied') : state === 'failed' ? say('Copying is not allowed here') : label
  return <IconButton icon={state === 'copied' ? 'Check' : 'Copy'} label={words} onClick={copy} />
}
