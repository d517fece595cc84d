import { Menu } from 'radix-ui/internal'
import { Fragment, type RefObject, useEffect, useRef, useState } from 'react'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { classes } from '../parts/class-names.ts'
import type { MenuEntry } from '../parts/menu.tsx'

export interface MenuLayerProps {
  readonly anchor: RefObject<HTMLElement | null>
  readonly id: string
  readonly labelledBy: string
  readonly items: readonly MenuEntry[]
  readonly align: 'start' | 'end'
  readonly side: 'top' | 'right' | 'bottom' | 'left'
  readonly container?: HTMLElement | null | undefined
  readonly open: boolean
  /** Opened by a key: the first entry takes the focus. */
  readonly byKeys: boolean
  readonly onClose: () => void
}

/** What opens below the button of a menu. */
export function MenuLayer(props: MenuLayerProps) {
  const { anchor, id, labelledBy, items, align, side, container, open, byKeys, onClose } = props
  // Lists have a menu in every row: nothing is mounted for those that nobody opened.
  const [used, setUsed] = useState(open)
  useEffect(() => {
    if (open) setUsed(true)
  }, [open])
  const left = useRef(false)
  if (!used) return null
  return (
    <Menu.Root open={open} onOpenChange={(next) => !next && onClose()} modal={false}>
      <Menu.Anchor virtualRef={anchor as RefObject<HTMLElement>} />
      <Menu.Portal container={container ?? undefined}>
        <Menu.Content
          id={id}
          aria-labelledby={labelledBy}
          className="im-menu"
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          onClick={(event) => event.stopPropagation()}
          onInteractOutside={() => {
            left.current = true
          }}
          onCloseAutoFocus={(event) => {
            if (!left.current) anchor.current?.focus()
            left.current = false
            event.preventDefault()
          }}
        >
          {byKeys ? <FocusFirst menuId={id} /> : null}
          {items.map((item) => (
            <Fragment key={item.key}>
              {'separator' in item ? (
                <Menu.Separator className="im-menu-rule" />
              ) : (
                <Menu.Item
                  className={classes('im-menu-item', item.danger && 'im-is-danger')}
                  disabled={item.disabled ?? false}
                  onSelect={item.onSelect}
                >
                  {item.icon ? <IconGlyph name={item.icon} size={16} /> : null}
                  <span>{item.label}</span>
                </Menu.Item>
              )}
            </Fragment>
          ))}
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  )
}

function FocusFirst({ menuId }: { readonly menuId: string }) {
  useEffect(() => {
    const menu = document.getElementById(menuId)
    menu?.querySelector<HTMLElement>('[role=menuitem]:not([data-disabled])')?.focus()
  }, [menuId])
  return null
}
