import { Dialog as Radix } from 'radix-ui'
import { type CSSProperties, useRef } from 'react'
import { IconButton } from '../parts/button.tsx'
import { classes } from '../parts/class-names.ts'
import type { DialogProps, SlideOverProps } from '../parts/dialog.tsx'
import { returnFocus } from '../parts/return-focus.ts'
import { say } from '../words.ts'

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
