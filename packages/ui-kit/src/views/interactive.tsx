import type { UiAction, UiConfirmation, UiNode, UiProps } from '@imperal/contract/ui'
import { use, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { FormContext } from '../forms/form-context.ts'
import { LevelContext, useTree } from '../host/context.ts'
import { useAct } from '../host/use-act.ts'
import { humanIconName } from '../icons/icon-glyph.tsx'
import { Button, IconButton } from '../parts/button.tsx'
import { classes } from '../parts/class-names.ts'
import { CardHead } from '../parts/display.tsx'
import { Menu, type MenuEntry } from '../parts/menu.tsx'
import { SafeLink } from '../parts/safe-link.tsx'
import { InlineError } from '../parts/states.tsx'
import { Tooltip } from '../parts/tooltip.tsx'
import { InnerNodes } from '../tree/node-view.tsx'
import type { ViewProps } from '../tree/view.ts'
import { say } from '../words.ts'

/** The action with the confirmation of the place it stands in, unless it brings its own (ui 3). */
export function withConfirm(action: UiAction | null, confirm: UiConfirmation | null): UiAction | null {
  return action === null || action.confirm !== null || confirm === null ? action : { ...action, confirm }
}

export function ButtonView({ node, props }: ViewProps<'Button'>) {
  const act = useAct(node.path)
  const form = use(FormContext)
  const submits = props.type === 'submit' && form !== null
  const icon = props.icon || props.icon_left
  const name =
    props.aria_label || (props.label === '' ? humanIconName(icon || props.icon_right || 'Button') : undefined)
  const pending = props.loading || act.pending || (submits && form.pending)
  const press = () => {
    if (submits) form.submit()
    else if (props.type === 'reset' && form !== null) form.store.reset()
    else void act.run(props.on_click)
  }
  return (
    <span className={classes('im-act', props.full_width && 'im-full')}>
      <Button
        variant={props.variant}
        size={props.size}
        icon={icon}
        iconRight={props.icon_right}
        fullWidth={props.full_width}
        disabled={props.disabled}
        pending={pending}
        pendingLabel={props.label === '' ? '' : props.loading_label || (props.loading ? say('Loading…') : props.label)}
        aria-label={name}
        onClick={press}
      >
        {props.label}
      </Button>
      {act.error ? <InlineError>{act.error.message}</InlineError> : null}
    </span>
  )
}

const INTERACTIVE =
  'a, button, input, select, textarea, label, [role=button], [role=menuitem], [role=switch], [role=checkbox], [contenteditable]'

/** True when the event began on a control inside `current`, which then is not meant itself. */
export function fromNestedControl(event: {
  readonly target: EventTarget
  readonly currentTarget: EventTarget
}): boolean {
  const inner = event.target instanceof Element ? event.target.closest(INTERACTIVE) : null
  return inner !== null && inner !== event.currentTarget
}

export function CardView({ node, props }: ViewProps<'Card'>) {
  const act = useAct(node.path)
  const action = props.on_click
  const fire = () => void act.run(action)
  const clickable =
    action === null
      ? {}
      : {
          role: 'button',
          tabIndex: 0,
          'aria-busy': act.pending || undefined,
          onClick: (event: React.MouseEvent) => fromNestedControl(event) || fire(),
          onKeyDown: (event: React.KeyboardEvent) => {
            if (event.target !== event.currentTarget || (event.key !== 'Enter' && event.key !== ' ')) return
            event.preventDefault()
            fire()
          },
        }
  return (
    <div
      className={classes('im-card', props.border !== false && 'im-bordered', action !== null && 'im-clickable')}
      data-padding={props.padding}
      {...clickable}
    >
      <CardHead title={props.title} subtitle={props.subtitle} />
      {props.content.length > 0 ? (
        <div className="im-card-body">
          <InnerNodes nodes={props.content} />
        </div>
      ) : null}
      {props.footer.length > 0 ? (
        <div className="im-card-foot">
          <InnerNodes nodes={props.footer} />
        </div>
      ) : null}
      {act.error ? <InlineError>{act.error.message}</InlineError> : null}
    </div>
  )
}

export function MenuView({ node, props }: ViewProps<'Menu'>) {
  const { host } = useTree()
  const act = useAct(node.path)
  const items: MenuEntry[] = props.items
    .filter((item) => item.separator || item.label !== '')
    .map((item, index) => {
      const key = item.id || `item-${index}`
      if (item.separator) return { key, separator: true }
      const { label, icon, danger, disabled } = item
      return {
        key,
        label,
        icon,
        danger,
        disabled,
        onSelect: () => void act.run(withConfirm(item.on_click, item.confirm)),
      }
    })
  return (
    <span className="im-act">
      <Menu items={items} align={props.align} container={host.overlayContainer}>
        {trigger(props.trigger, act.pending, items.length === 0)}
      </Menu>
      {act.error ? <InlineError>{act.error.message}</InlineError> : null}
    </span>
  )
}

/** Of a trigger node only label, icon, variant and size count: a button inside a button works for nobody. */
function trigger(node: UiNode | null, pending: boolean, disabled: boolean) {
  const props = node?.type === 'Button' ? (node.props as UiProps<'Button'>) : null // the type was checked
  const label = props?.label ?? (typeof node?.props.content === 'string' ? node.props.content : '')
  if (label === '') {
    return (
      <IconButton
        icon={props?.icon || 'EllipsisVertical'}
        label={props?.aria_label || say('Open menu')}
        pending={pending}
        disabled={disabled}
      />
    )
  }
  return (
    <Button
      variant={props?.variant ?? 'secondary'}
      size={props?.size ?? 'md'}
      icon={props?.icon ?? ''}
      iconRight={props?.icon_right || 'ChevronDown'}
      pending={pending}
      disabled={disabled}
    >
      {label}
    </Button>
  )
}

export function TooltipView({ props }: ViewProps<'Tooltip'>) {
  const { host } = useTree()
  const [open, setOpen] = useState(false)
  const child = props.children
  const { anchor, hasControl } = useDescribedControl(child, open)
  if (child === null) return null
  return (
    <Tooltip
      content={props.content}
      delay={props.delay_ms || 250}
      container={host.overlayContainer}
      onOpenChange={setOpen}
    >
      {/* Text cannot take the focus, and a tooltip must open for the keyboard as well. */}
      <span ref={anchor} className="im-tooltip-anchor" tabIndex={hasControl ? undefined : 0}>
        <LevelContext value="inner">
          <InnerNodes nodes={[child]} />
        </LevelContext>
      </span>
    </Tooltip>
  )
}

const CONTROL = 'a[href], button, input, select, textarea, [tabindex]'

/** Whether what a tooltip explains holds a control; the first one carries the explanation while it is open. */
function useDescribedControl(child: UiNode | null, open: boolean) {
  const anchor = useRef<HTMLSpanElement>(null)
  const [hasControl, setHasControl] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another child may hold another control
  useLayoutEffect(() => setHasControl(Boolean(anchor.current?.querySelector(CONTROL))), [child])
  useEffect(() => {
    const control = anchor.current?.querySelector(CONTROL)
    const explanation = anchor.current?.getAttribute('aria-describedby')
    if (!open || !control || !explanation) return
    const before = control.getAttribute('aria-describedby')
    control.setAttribute('aria-describedby', before === null ? explanation : `${before} ${explanation}`)
    return () => {
      if (before === null) control.removeAttribute('aria-describedby')
      else control.setAttribute('aria-describedby', before)
    }
  }, [open])
  return { anchor, hasControl }
}

export function LinkView({ node, props }: ViewProps<'Link'>) {
  const { host } = useTree()
  const act = useAct(node.path)
  const action = props.on_click
  if (action === null) {
    return (
      <SafeLink href={props.href} onNavigate={host.navigate} rules={host}>
        {props.label}
      </SafeLink>
    )
  }
  return (
    <span className="im-act">
      <button
        type="button"
        className="im-link"
        aria-busy={act.pending || undefined}
        disabled={act.pending}
        onClick={() => act.run(action)}
      >
        {props.label}
      </button>
      {act.error ? <InlineError>{act.error.message}</InlineError> : null}
    </span>
  )
}
